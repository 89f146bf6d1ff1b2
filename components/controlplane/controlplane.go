// Package controlplane owns the control plane of a cluster: its keys, its nodes
// and what makes them one.
package controlplane

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
	"slipway/internal/kubeadm"
	"slipway/internal/node"
)

const controlPlaneType = "slipway:index:ControlPlane"

// ControlPlaneArgs describes the control plane of a cluster.
type ControlPlaneArgs struct {
	// Settings is what all nodes of the cluster share. Required.
	Settings node.Settings
	// Hardware is what its nodes run on. Required.
	Hardware node.Hardware
	// Zones maps node names to availability zones. Required: the names are the nodes.
	Zones map[string]string
	// Ports are the nodes' addresses. Required.
	Ports *Ports
	// Endpoint is how the API is reached. Required.
	Endpoint node.Endpoint
	// Schedulable lets ordinary pods run here. Optional. Defaults to false.
	Schedulable bool
	// Members are the host names of the nodes that will join. Optional.
	Members []string
}

// ControlPlane is a running control plane.
type ControlPlane struct {
	pulumi.ResourceState

	// Kubeconfig is the administrator's. Secret. It is computed from the keys,
	// so it exists before the cluster does.
	Kubeconfig pulumi.StringOutput
	// ReadyKubeconfig is the same, but unknown until the API server has
	// answered: what needs the API takes this one, so that a half-built cluster
	// still previews.
	ReadyKubeconfig pulumi.StringOutput
	// Addresses maps host names to private addresses.
	Addresses pulumi.StringMap
	// Membership is what workers need to join. Secret.
	Membership node.MembershipOutput
	// Nodes are the control-plane nodes by host name.
	Nodes map[string]*node.Node
	// Admitted is there when nodes may join.
	Admitted pulumi.Resource

	first *node.Node
}

// NewControlPlane creates the keys and the nodes, and makes them a cluster.
func NewControlPlane(ctx *pulumi.Context, name string, args *ControlPlaneArgs, opts ...pulumi.ResourceOption) (*ControlPlane, error) {
	if err := args.validate(); err != nil {
		return nil, err
	}
	c := &ControlPlane{Addresses: pulumi.StringMap{}, Nodes: map[string]*node.Node{}}
	if err := ctx.RegisterComponentResource(controlPlaneType, name+"-control-plane", c, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(c)
	k, err := newKeys(ctx, name+"-pki", parent)
	if err != nil {
		return nil, err
	}
	membership := k.membership(args.Endpoint)
	c.Membership = membership.ForWorkers()
	for _, key := range slices.Sorted(maps.Keys(args.Zones)) {
		if err := c.addNode(ctx, name+"-"+key, key, args, membership); err != nil {
			return nil, err
		}
	}
	ready, err := c.start(ctx, args)
	if err != nil {
		return nil, err
	}
	url := pulumi.Sprintf("https://%s:%d", args.Endpoint.External, args.Endpoint.Port)
	c.Kubeconfig = k.kubeconfig(args.Settings.Cluster.Name, url)
	c.ReadyKubeconfig = pulumi.All(c.Kubeconfig, ready.ID()).ApplyT(
		func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"addresses": c.Addresses})
}

func (args *ControlPlaneArgs) validate() error {
	if args == nil || args.Ports == nil {
		return errors.New("args and args.Ports are required")
	}
	if len(args.Zones) != 1 {
		return fmt.Errorf("a control plane of %d nodes is not supported yet: its members would have to share one endpoint", len(args.Zones))
	}
	return nil
}

func (c *ControlPlane) addNode(ctx *pulumi.Context, hostName, key string, args *ControlPlaneArgs, membership node.MembershipOutput) error {
	var taints []kubeadm.Taint
	if !args.Schedulable {
		taints = append(taints, kubeadm.ControlPlaneTaint)
	}
	n, err := node.NewNode(ctx, hostName, &node.Args{
		Settings:   args.Settings,
		Hardware:   args.Hardware,
		HostName:   hostName,
		Zone:       args.Zones[key],
		Port:       args.Ports.ByNode[key],
		Role:       artifacts.ControlPlane,
		Taints:     taints,
		Membership: membership,
		// A newer image under the same name must not replace a control plane.
		IgnoreChanges: []string{"imageId"},
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.Nodes[hostName] = n
	c.Addresses[hostName] = n.Address
	if c.first == nil {
		c.first = n
	}
	return nil
}

// start makes the cluster and returns what is there once its API answers.
func (c *ControlPlane) start(ctx *pulumi.Context, args *ControlPlaneArgs) (pulumi.CustomResource, error) {
	n := c.first
	initialised, err := n.Run(ctx, n.HostName, n.Step(bootstrap.Init), pulumi.DependsOn([]pulumi.Resource{n.Prepared}))
	if err != nil {
		return nil, err
	}
	ready, err := n.Run(ctx, n.HostName, n.Step(bootstrap.WaitAPI), pulumi.DependsOn([]pulumi.Resource{initialised}))
	if err != nil {
		return nil, err
	}
	admit := n.Step(bootstrap.Admit)
	admit.Triggers = append(admit.Triggers, pulumi.String(strings.Join(args.Members, " ")))
	c.Admitted, err = n.Run(ctx, n.HostName, admit, pulumi.DependsOn([]pulumi.Resource{ready}))
	if err != nil {
		return nil, err
	}
	return ready, nil
}

// Connection logs in to a control-plane node, for steps that need the
// administrator's rights. Secret.
func (c *ControlPlane) Connection() remote.ConnectionOutput { return c.first.Connection }

// DeletedWith is the resource whose deletion takes the whole cluster along:
// nothing inside the cluster needs tidying then.
func (c *ControlPlane) DeletedWith() pulumi.Resource { return c.first.Instance }
