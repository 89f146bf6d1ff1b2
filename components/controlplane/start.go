package controlplane

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/machine"
	"slipway/internal/node"
)

// start makes the nodes one control plane and returns what is there once its
// API answers.
func (c *ControlPlane) start(ctx *pulumi.Context, args *ControlPlaneArgs, nodes []*node.Node, before []pulumi.Resource) (pulumi.CustomResource, error) {
	first := nodes[0]
	ready, err := first.Run(ctx, first.HostName, first.Step(bootstrap.Init), pulumi.DependsOn(append(before, first.Prepared)))
	if err != nil {
		return nil, err
	}
	admit := first.Step(bootstrap.Admit)
	admit.Triggers = append(admit.Triggers, pulumi.String(strings.Join(args.Members, " ")))
	if c.Admitted, err = first.Run(ctx, first.HostName, admit, pulumi.DependsOn([]pulumi.Resource{ready})); err != nil {
		return nil, err
	}
	if c.Joined, err = join(ctx, nodes, ready); err != nil {
		return nil, err
	}
	if c.Settled, err = settle(ctx, nodes, c.Joined); err != nil {
		return nil, err
	}
	return ready, c.keepMembers(ctx, args, nodes, c.Settled)
}

// keepMembers registers what takes a machine that stays out of the cluster before
// it is released. The whole cluster needs nobody to leave it.
func (c *ControlPlane) keepMembers(ctx *pulumi.Context, args *ControlPlaneArgs, nodes []*node.Node, after pulumi.Resource) error {
	if args.Machines.Existing == nil {
		return nil
	}
	for _, n := range nodes {
		registered, err := bootstrap.MemberCommand(n.HostName)
		if err != nil {
			return err
		}
		step := machine.Step{Name: "membership", Command: registered, Delete: bootstrap.Command(bootstrap.Leave)}
		if _, err := n.Run(ctx, n.HostName, step, pulumi.DependsOn([]pulumi.Resource{after}), pulumi.DeletedWith(c.DeletedWith())); err != nil {
			return err
		}
	}
	return nil
}

// join makes the nodes after the first, which is ready, control planes, one after
// the other: etcd admits one new member at a time. It returns what has made each
// of the nodes a member.
func join(ctx *pulumi.Context, nodes []*node.Node, ready pulumi.Resource) ([]pulumi.Resource, error) {
	members := []pulumi.Resource{ready}
	for i, n := range nodes[1:] {
		joined, err := n.Run(ctx, n.HostName, n.Step(bootstrap.Join), pulumi.DependsOn([]pulumi.Resource{n.Prepared, members[i]}))
		if err != nil {
			return nil, err
		}
		members = append(members, joined)
	}
	return members, nil
}

// settle brings changed settings to the API servers, one after the other, each
// once its node is a member, and has all Secrets encrypted with the key that they
// agree on.
func settle(ctx *pulumi.Context, nodes []*node.Node, members []pulumi.Resource) (pulumi.Resource, error) {
	first, last := nodes[0], members[0]
	for i, n := range nodes {
		settled, err := n.Run(ctx, n.HostName, n.Step(bootstrap.Settings), pulumi.DependsOn([]pulumi.Resource{members[i], last}))
		if err != nil {
			return nil, err
		}
		last = settled
	}
	return first.Run(ctx, first.HostName, first.Step(bootstrap.Reencrypt), pulumi.DependsOn([]pulumi.Resource{last}))
}
