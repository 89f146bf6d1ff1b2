package main

import (
	"context"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/dns/v2/recordsets"
	"github.com/gophercloud/gophercloud/v2/openstack/dns/v2/zones"
)

// cloud is Designate itself.
type cloud struct{ client *gophercloud.ServiceClient }

func (c *cloud) zones(ctx context.Context) (map[string]string, error) {
	pages, err := zones.List(c.client, zones.ListOpts{}).AllPages(ctx)
	if err != nil {
		return nil, err
	}
	all, err := zones.ExtractZones(pages)
	found := map[string]string{}
	for _, z := range all {
		found[z.Name] = z.ID
	}
	return found, err
}

func (c *cloud) recordSets(ctx context.Context, zone string) ([]recordSet, error) {
	pages, err := recordsets.ListByZone(c.client, zone, recordsets.ListOpts{}).AllPages(ctx)
	if err != nil {
		return nil, err
	}
	all, err := recordsets.ExtractRecordSets(pages)
	var found []recordSet
	for _, r := range all {
		found = append(found, recordSet{id: r.ID, zone: zone, name: r.Name, kind: r.Type, ttl: r.TTL, values: r.Records})
	}
	return found, err
}

func (c *cloud) create(ctx context.Context, r recordSet) error {
	_, err := recordsets.Create(ctx, c.client, r.zone, recordsets.CreateOpts{Name: r.name, Type: r.kind, TTL: r.ttl, Records: r.values}).Extract()
	return err
}

func (c *cloud) update(ctx context.Context, r recordSet) error {
	change := recordsets.UpdateOpts{Records: r.values}
	if r.ttl > 0 {
		change.TTL = &r.ttl
	}
	_, err := recordsets.Update(ctx, c.client, r.zone, r.id, change).Extract()
	return err
}

func (c *cloud) remove(ctx context.Context, r recordSet) error {
	return recordsets.Delete(ctx, c.client, r.zone, r.id).ExtractErr()
}
