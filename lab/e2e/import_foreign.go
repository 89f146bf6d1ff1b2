package main

import (
	"context"
	"fmt"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/floatingips"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/routers"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/groups"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/rules"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/subnets"
)

// foreignName is that of everything before it is the stack's.
const foreignName = "somebodys"

// create makes what somebody could have made by hand.
func (f foreign) create(ctx context.Context, st *stage) error {
	neutron, err := st.network(ctx)
	if err != nil {
		return err
	}
	outside, err := networks.List(neutron, networks.ListOpts{Name: "external"}).AllPages(ctx)
	if err != nil {
		return err
	}
	found, err := networks.ExtractNetworks(outside)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return fmt.Errorf("%d networks are called external, want 1", len(found))
	}
	if err := f.createRouted(ctx, neutron, found[0].ID); err != nil {
		return err
	}
	group, err := groups.Create(ctx, neutron, groups.CreateOpts{Name: foreignName}).Extract()
	if err != nil {
		return err
	}
	address, err := floatingips.Create(ctx, neutron, floatingips.CreateOpts{FloatingNetworkID: found[0].ID}).Extract()
	if err != nil {
		return err
	}
	f["import-node"], f["import-bastion-address"] = group.ID, address.ID
	// Neutron's own rule says what one of the stack's does, and refuses a second.
	for _, rule := range group.Rules {
		if rule.Direction == string(rules.DirEgress) && rule.EtherType == string(rules.EtherType4) {
			f["import-node-egress"] = rule.ID
		}
	}
	return nil
}

// createRouted makes a network with a router to the outside.
func (f foreign) createRouted(ctx context.Context, neutron *gophercloud.ServiceClient, outside string) error {
	network, err := networks.Create(ctx, neutron, networks.CreateOpts{Name: foreignName}).Extract()
	if err != nil {
		return err
	}
	// The range is the one that Slipway's defaults name.
	subnet, err := subnets.Create(ctx, neutron, subnets.CreateOpts{
		NetworkID: network.ID, Name: foreignName, CIDR: "10.0.0.0/16", IPVersion: gophercloud.IPv4,
	}).Extract()
	if err != nil {
		return err
	}
	router, err := routers.Create(ctx, neutron, routers.CreateOpts{Name: foreignName, GatewayInfo: &routers.GatewayInfo{NetworkID: outside}}).Extract()
	if err != nil {
		return err
	}
	leg, err := routers.AddInterface(ctx, neutron, router.ID, routers.AddInterfaceOpts{SubnetID: subnet.ID}).Extract()
	if err != nil {
		return err
	}
	f["import-network"], f["import-subnet"], f["import-router"], f["import-router-interface"] = network.ID, subnet.ID, router.ID, leg.PortID
	return nil
}
