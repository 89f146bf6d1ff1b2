// Package endpoint owns the ways to reach the Kubernetes API that need no
// machines. Each yields the same node.Endpoint.
package endpoint

import (
	"errors"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/machine"
	"slipway/internal/node"
)

const directType = "slipway:index:DirectEndpoint"

// DirectArgs describes the endpoint of a single control-plane node.
type DirectArgs struct {
	// ControlPlanePort is the port of the only control-plane node. Required.
	ControlPlanePort *networking.Port
	// Port of the API. Required.
	Port int
	// FloatingIP goes on the node's port. Optional: the API is reached from inside only.
	FloatingIP *machine.FloatingIP
}

// Direct is the address of the only control-plane node.
type Direct struct {
	pulumi.ResourceState
	node.Endpoint
}

// NewDirect makes the node's own address the endpoint.
func NewDirect(ctx *pulumi.Context, name string, args *DirectArgs, opts ...pulumi.ResourceOption) (*Direct, error) {
	if args == nil || args.ControlPlanePort == nil {
		return nil, errors.New("args and args.ControlPlanePort are required")
	}
	d := &Direct{}
	if err := ctx.RegisterComponentResource(directType, name, d, opts...); err != nil {
		return nil, err
	}
	d.Port = args.Port
	d.Internal = machine.Address(args.ControlPlanePort)
	d.External = d.Internal
	if args.FloatingIP != nil {
		var err error
		if d.External, err = args.FloatingIP.Attach(ctx, name, args.ControlPlanePort.ID().ToStringOutput(), pulumi.Parent(d)); err != nil {
			return nil, err
		}
	}
	return d, ctx.RegisterResourceOutputs(d, d.Outputs())
}
