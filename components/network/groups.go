package network

import (
	"fmt"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (n *Network) createGroups(ctx *pulumi.Context, name string, args *NetworkArgs) error {
	made := map[group]*networking.SecGroup{}
	absent := map[group]bool{groupProxy: args.Proxy == nil, groupEtcd: !args.DedicatedEtcd, groupBastion: args.NoBastion}
	for _, g := range groups {
		if absent[g.Name] {
			continue
		}
		sg, err := networking.NewSecGroup(ctx, name+"-"+string(g.Name), &networking.SecGroupArgs{
			Name:        pulumi.String(name + "-" + string(g.Name)),
			Description: pulumi.String(g.Description),
			// Neutron's default rules let everything out over IPv4 and IPv6;
			// what may leave is in the table of rules like all else.
			DeleteDefaultRules: pulumi.Bool(true),
			Tags:               pulumi.ToStringArray(args.Tags),
			// It says something about the creation alone, and a group that was imported has
			// no such input: it would be replaced.
		}, pulumi.Parent(n), pulumi.IgnoreChanges([]string{"deleteDefaultRules"}))
		if err != nil {
			return fmt.Errorf("creating security group %q of %q: %w", g.Name, name, err)
		}
		made[g.Name] = sg
	}
	for _, r := range rules(args) {
		if err := n.createRule(ctx, name, r, made); err != nil {
			return err
		}
	}
	n.NodeGroupID = made[groupNode].ID().ToStringOutput()
	n.ControlPlaneGroupID = made[groupControlPlane].ID().ToStringOutput()
	if sg, ok := made[groupBastion]; ok {
		n.BastionGroupID = sg.ID().ToStringOutput()
	}
	if sg, ok := made[groupProxy]; ok {
		n.ProxyGroupID = sg.ID().ToStringOutput()
	}
	if sg, ok := made[groupEtcd]; ok {
		n.EtcdGroupID = sg.ID().ToStringOutput()
	}
	return nil
}

func (n *Network) createRule(ctx *pulumi.Context, name string, r rule, made map[group]*networking.SecGroup) error {
	ruleArgs := &networking.SecGroupRuleArgs{
		SecurityGroupId: made[r.Group].ID(),
		Description:     pulumi.String(r.Description),
		Direction:       pulumi.String(r.Direction),
		Ethertype:       pulumi.String(r.etherType()),
	}
	if r.Protocol != "" {
		ruleArgs.Protocol = pulumi.String(r.Protocol)
	}
	if r.Ports != (portRange{}) {
		ruleArgs.PortRangeMin = pulumi.Int(r.Ports.First)
		ruleArgs.PortRangeMax = pulumi.Int(r.Ports.Last)
	}
	if r.PeerGroup != "" {
		ruleArgs.RemoteGroupId = made[r.PeerGroup].ID()
	}
	if r.PeerCIDR.IsValid() {
		ruleArgs.RemoteIpPrefix = pulumi.String(r.PeerCIDR.String())
	}
	// Neutron deletes a group with its rules; one by one takes a minute. A rule that
	// is described in other words would be replaced, and Neutron refuses the new one
	// as long as the old one is there: imported rules, and those of earlier releases.
	ruleName := fmt.Sprintf("%s-%s-%s", name, r.Group, r.Key)
	if _, err := networking.NewSecGroupRule(ctx, ruleName, ruleArgs, pulumi.Parent(n),
		pulumi.DeletedWith(made[r.Group]), pulumi.IgnoreChanges([]string{"description"})); err != nil {
		return fmt.Errorf("creating security group rule %q: %w", ruleName, err)
	}
	return nil
}
