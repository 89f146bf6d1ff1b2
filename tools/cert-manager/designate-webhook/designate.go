package main

import (
	"context"
	"fmt"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/dns/v2/recordsets"
	"github.com/gophercloud/gophercloud/v2/openstack/dns/v2/zones"
)

// lifetime of a record in seconds: it is there for one question.
const lifetime = 60

// designate is the cloud's DNS.
type designate struct{ client *gophercloud.ServiceClient }

func (d designate) zone(ctx context.Context, name string) (string, error) {
	pages, err := zones.List(d.client, zones.ListOpts{Name: name}).AllPages(ctx)
	if err != nil {
		return "", fmt.Errorf("listing zones: %w", err)
	}
	all, err := zones.ExtractZones(pages)
	if err != nil {
		return "", fmt.Errorf("listing zones: %w", err)
	}
	if len(all) != 1 {
		return "", fmt.Errorf("the project has %d zones %s, want one", len(all), name)
	}
	return all[0].ID, nil
}

func (d designate) find(ctx context.Context, zone, name string) (*recordSet, error) {
	pages, err := recordsets.ListByZone(d.client, zone, recordsets.ListOpts{Name: name, Type: "TXT"}).AllPages(ctx)
	if err != nil {
		return nil, err
	}
	all, err := recordsets.ExtractRecordSets(pages)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &recordSet{all[0].ID, all[0].Records}, nil
}

func (d designate) create(ctx context.Context, zone, name string, values []string) error {
	_, err := recordsets.Create(ctx, d.client, zone, recordsets.CreateOpts{Name: name, Type: "TXT", TTL: lifetime, Records: values}).Extract()
	return err
}

func (d designate) update(ctx context.Context, zone, id string, values []string) error {
	_, err := recordsets.Update(ctx, d.client, zone, id, recordsets.UpdateOpts{Records: values}).Extract()
	return err
}

func (d designate) remove(ctx context.Context, zone, id string) error {
	return recordsets.Delete(ctx, d.client, zone, id).ExtractErr()
}
