package controlplane

import (
	"errors"
	"maps"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/machine"
)

const portsType = "slipway:index:ControlPlanePorts"

// PortsArgs describes the ports of the control plane.
type PortsArgs struct {
	// Addresses maps node names to fixed addresses; an invalid one leaves the
	// choice to Neutron. Required.
	Addresses map[string]netip.Addr
	// Attachment is where the nodes sit in the private network. Required.
	Attachment machine.Attachment
}

// Ports are the control-plane nodes' addresses. They are apart from the nodes
// because endpoint and certificates need them before there is a node.
type Ports struct {
	pulumi.ResourceState

	// ByNode maps node names to ports.
	ByNode map[string]*networking.Port
}

// NewPorts reserves an address for each control-plane node.
func NewPorts(ctx *pulumi.Context, name string, args *PortsArgs, opts ...pulumi.ResourceOption) (*Ports, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	p := &Ports{ByNode: map[string]*networking.Port{}}
	if err := ctx.RegisterComponentResource(portsType, name+"-ports", p, opts...); err != nil {
		return nil, err
	}
	addresses := pulumi.StringMap{}
	for _, node := range slices.Sorted(maps.Keys(args.Addresses)) {
		port, err := machine.NewPort(ctx, name+"-"+node, args.Attachment, args.Addresses[node], pulumi.Parent(p))
		if err != nil {
			return nil, err
		}
		p.ByNode[node] = port
		addresses[node] = machine.Address(port)
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{"addresses": addresses})
}
