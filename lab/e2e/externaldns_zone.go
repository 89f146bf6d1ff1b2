package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/dns/v2/recordsets"
	"github.com/gophercloud/gophercloud/v2/openstack/dns/v2/zones"
)

// zone is the one of the scenario, in the cluster's project.
type zone struct {
	client *gophercloud.ServiceClient
	id     string
}

// connect logs in anew: tokens do not last for a whole scenario.
func (z *zone) connect(ctx context.Context, st *stage) error {
	provider, endpoints, err := st.connect(ctx, userCloud)
	if err != nil {
		return err
	}
	z.client, err = openstack.NewDNSV2(provider, endpoints)
	return err
}

// missing wants a stack to be refused whose zone nobody has made.
func (z *zone) missing(ctx context.Context, st *stage) error {
	if err := z.remove(ctx, st); err != nil {
		return err
	}
	out, err := st.makeWith(ctx, "preview", naming("policy", "sync"))
	if want := "slipway:externalDNS.zones[0]: Invalid value: \"" + zoneName + "\": no such zone of its own in this project"; err == nil || !strings.Contains(out, want) {
		return fmt.Errorf("a preview does not say %s: %w\n%s", want, err, out)
	}
	return nil
}

// create makes the zone, and in it a record that is not the cluster's.
func (z *zone) create(ctx context.Context, st *stage) error {
	made, err := zones.Create(ctx, z.client, zones.CreateOpts{Name: zoneName + ".", Email: "e2e@" + zoneName}).Extract()
	if err != nil {
		return err
	}
	z.id = made.ID
	_, err = recordsets.Create(ctx, z.client, z.id, recordsets.CreateOpts{Name: othersName + ".", Type: "A", Records: []string{othersIP}}).Extract()
	if err != nil {
		return err
	}
	return z.wants(ctx, "mail", othersIP)
}

// onlyOthers wants no record in the zone but its own two and somebody else's.
func (z *zone) onlyOthers(ctx context.Context, st *stage) error {
	if err := z.connect(ctx, st); err != nil {
		return err
	}
	pages, err := recordsets.ListByZone(z.client, z.id, recordsets.ListOpts{}).AllPages(ctx)
	if err != nil {
		return err
	}
	all, err := recordsets.ExtractRecordSets(pages)
	if err != nil {
		return err
	}
	foreign := false
	for _, r := range all {
		switch {
		case r.Name == othersName+"." && r.Type == "A":
			foreign = true
		case r.Type != "SOA" && r.Type != "NS":
			err = errors.Join(err, fmt.Errorf("the zone still has %s %s %v", r.Type, r.Name, r.Records))
		}
	}
	if !foreign {
		err = errors.Join(err, fmt.Errorf("%s is gone, which was not the cluster's", othersName))
	}
	return err
}

// remove takes the zone away; a former run may have left it.
func (z *zone) remove(ctx context.Context, st *stage) error {
	if err := z.connect(ctx, st); err != nil {
		return err
	}
	pages, err := zones.List(z.client, zones.ListOpts{Name: zoneName + "."}).AllPages(ctx)
	if err != nil {
		return err
	}
	all, err := zones.ExtractZones(pages)
	if err != nil {
		return err
	}
	for _, one := range all {
		if _, err := zones.Delete(ctx, z.client, one.ID).Extract(); err != nil {
			return err
		}
	}
	return poll(ctx, recordTime, func() error {
		pages, err := zones.List(z.client, zones.ListOpts{Name: zoneName + "."}).AllPages(ctx)
		if err != nil {
			return err
		}
		if left, err := zones.ExtractZones(pages); err != nil || len(left) > 0 {
			return errors.Join(err, fmt.Errorf("%d zones %s are left", len(left), zoneName))
		}
		return nil
	})
}
