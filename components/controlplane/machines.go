package controlplane

import (
	"fmt"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
	"slipway/internal/kubeadm"
	"slipway/internal/node"
)

// kind is what all machines of a set have in common.
type kind struct {
	role       artifacts.Role
	membership node.MembershipOutput
}

// addServants creates what has to be there before the first control plane: the
// proxies in front of it and the etcd behind it. It returns what to wait for.
func (c *ControlPlane) addServants(ctx *pulumi.Context, args *ControlPlaneArgs, m node.MembershipOutput) ([]pulumi.Resource, error) {
	var before []pulumi.Resource
	proxies, err := c.addMachines(ctx, args.Proxies, args, kind{artifacts.Proxy, m.ForWorkers()})
	if err != nil {
		return nil, err
	}
	for _, n := range proxies {
		before = append(before, n.Prepared)
	}
	if len(args.Etcd.names()) == 0 {
		return before, nil
	}
	members, err := c.addMachines(ctx, args.Etcd, args, kind{artifacts.Etcd, m.ForEtcd()})
	if err != nil {
		return nil, err
	}
	for _, n := range members { // all at the same time: each waits for a majority
		made, err := n.Run(ctx, n.HostName, n.Step(bootstrap.EtcdMember), pulumi.DependsOn([]pulumi.Resource{n.Prepared}))
		if err != nil {
			return nil, err
		}
		before = append(before, made)
	}
	return before, nil
}

// addMachines creates the machines of a set, kept apart from each other.
func (c *ControlPlane) addMachines(ctx *pulumi.Context, set Machines, args *ControlPlaneArgs, k kind) ([]*node.Node, error) {
	group, err := c.newServerGroup(ctx, set, args.ServerGroupPolicy)
	if err != nil {
		return nil, err
	}
	var nodes []*node.Node
	for _, name := range set.names() {
		host := set.host(name)
		n, err := node.NewNode(ctx, host, &node.Args{
			Settings:      args.Settings,
			Hardware:      set.Hardware,
			HostName:      host,
			Zone:          set.Zones[name],
			Port:          set.port(name),
			Existing:      set.existing(name),
			ServerGroupID: group,
			Role:          k.role,
			Taints:        args.taints(k.role),
			Membership:    k.membership,
			Proxy:         args.VirtualAddress[host],
			EtcdSnapshots: args.EtcdSnapshots,
			// Neither a newer image under the same name nor a second node must replace a control plane.
			IgnoreChanges: []string{"imageId", "schedulerHints"},
		}, pulumi.Parent(c))
		if err != nil {
			return nil, err
		}
		c.Addresses[host] = n.Address
		nodes = append(nodes, n)
	}
	return nodes, nil
}

func (args *ControlPlaneArgs) taints(role artifacts.Role) []kubeadm.Taint {
	if args.Schedulable || role != artifacts.ControlPlane {
		return nil
	}
	return []kubeadm.Taint{kubeadm.ControlPlaneTaint}
}

// newServerGroup keeps several machines apart; one alone needs none.
func (c *ControlPlane) newServerGroup(ctx *pulumi.Context, set Machines, policy string) (pulumi.StringInput, error) {
	if len(set.Zones) < 2 {
		return nil, nil
	}
	name := set.Prefix + "-group"
	group, err := compute.NewServerGroup(ctx, name, &compute.ServerGroupArgs{
		Name:     pulumi.String(name),
		Policies: pulumi.ToStringArray([]string{policy}),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("creating server group %s: %w", name, err)
	}
	return group.ID().ToStringOutput(), nil
}
