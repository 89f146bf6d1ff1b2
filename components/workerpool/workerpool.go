// Package workerpool owns named sets of equal worker nodes.
package workerpool

import (
	"errors"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
	"slipway/internal/kubeadm"
	"slipway/internal/machine"
	"slipway/internal/node"
)

const workerPoolType = "slipway:index:WorkerPool"

// WorkerPoolArgs describes one pool.
type WorkerPoolArgs struct {
	// Settings is what all nodes of the cluster share. Required.
	Settings node.Settings
	// Hardware is what its nodes run on. Required.
	Hardware node.Hardware
	// Places maps the names of nodes that are made in the cloud to where they run.
	Places map[string]node.Place
	// Attachment is where those sit in the private network. Required with Places.
	Attachment machine.Attachment
	// Existing maps the host names of machines that exist already to how they are
	// reached. Optional.
	Existing map[string]machine.ExistingArgs
	// Labels and Taints are set when the nodes register. Optional.
	Labels map[string]string
	Taints []kubeadm.Taint
	// Membership is what they need to join. Required, secret.
	Membership node.MembershipOutput
	// Admitted is what a join waits for. Required.
	Admitted pulumi.Resource
	// ControlPlane leads into a control-plane node, from which a node that
	// goes is drained. Required, secret.
	ControlPlane machine.Login
	// DeletedWith takes the whole cluster along when it is deleted: draining is
	// needless then. Required.
	DeletedWith pulumi.Resource
}

// WorkerPool is a set of worker nodes.
type WorkerPool struct {
	pulumi.ResourceState

	// Addresses maps host names to private addresses.
	Addresses pulumi.StringMap
	// Nodes are the workers by host name.
	Nodes map[string]*node.Node
}

// NewWorkerPool creates the nodes of a pool and joins them. The pool's name
// prefixes the names of its nodes.
func NewWorkerPool(ctx *pulumi.Context, name string, args *WorkerPoolArgs, opts ...pulumi.ResourceOption) (*WorkerPool, error) {
	if args == nil || args.Admitted == nil || args.DeletedWith == nil {
		return nil, errors.New("args, args.Admitted and args.DeletedWith are required")
	}
	p := &WorkerPool{Addresses: pulumi.StringMap{}, Nodes: map[string]*node.Node{}}
	if err := ctx.RegisterComponentResource(workerPoolType, name, p, opts...); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(args.Places)) {
		host, place := name+"-"+key, args.Places[key]
		port, err := machine.NewPort(ctx, host, args.Attachment, place.Address, pulumi.Parent(p))
		if err != nil {
			return nil, err
		}
		if err := p.addNode(ctx, args, &node.Args{HostName: host, Zone: place.Zone, Port: port}); err != nil {
			return nil, err
		}
	}
	for _, host := range slices.Sorted(maps.Keys(args.Existing)) {
		existing := args.Existing[host]
		if err := p.addNode(ctx, args, &node.Args{HostName: host, Existing: &existing}); err != nil {
			return nil, err
		}
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{"addresses": p.Addresses})
}

// addNode makes a node of the machine that own describes, and joins it.
func (p *WorkerPool) addNode(ctx *pulumi.Context, args *WorkerPoolArgs, own *node.Args) error {
	own.Settings, own.Hardware = args.Settings, args.Hardware
	own.Role, own.Labels, own.Taints = artifacts.Worker, args.Labels, args.Taints
	own.Membership = args.Membership
	hostName := own.HostName
	n, err := node.NewNode(ctx, hostName, own, pulumi.Parent(p))
	if err != nil {
		return err
	}
	joined, err := n.Run(ctx, hostName, n.Step(bootstrap.Join), pulumi.DependsOn([]pulumi.Resource{n.Prepared, args.Admitted}))
	if err != nil {
		return err
	}
	if err := keepMember(ctx, n, joined, args); err != nil {
		return err
	}
	p.Addresses[hostName] = n.Address
	p.Nodes[hostName] = n
	return nil
}

// keepMember registers what drains the node and removes its Node object before
// its server goes. It is a resource of its own because the control plane does
// it: the machine in question may be dead.
func keepMember(ctx *pulumi.Context, n *node.Node, joined pulumi.Resource, args *WorkerPoolArgs) error {
	drain, err := bootstrap.DrainCommand(n.HostName)
	if err != nil {
		return err
	}
	registered, err := bootstrap.MemberCommand(n.HostName)
	if err != nil {
		return err
	}
	_, err = machine.Run(ctx, n.HostName, args.ControlPlane, machine.Step{
		Name:     "membership",
		Command:  registered,
		Delete:   drain,
		Triggers: pulumi.Array{n.Root.ID()},
	}, pulumi.Parent(n), pulumi.DependsOn([]pulumi.Resource{joined}), pulumi.DeletedWith(args.DeletedWith))
	return err
}
