// Package endpoint owns the ways to reach the Kubernetes API that need no
// machines. Each yields the same node.Endpoint.
package endpoint

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/machine"
	"slipway/internal/node"
)

const directType = "slipway:index:DirectEndpoint"

// DirectArgs describes the endpoint of a single control-plane node.
type DirectArgs struct {
	// Address of the only control-plane node. Required.
	Address pulumi.StringInput
	// Port of the API. Required.
	Port int
	// FloatingIP goes on the node's port. Optional: the API is reached from inside only.
	FloatingIP *machine.FloatingIP
	// PortID is the node's port in OpenStack. Required with FloatingIP.
	PortID pulumi.StringInput
}

// Direct is the address of the only control-plane node.
type Direct struct {
	pulumi.ResourceState
	node.Endpoint
}

// NewDirect makes the node's own address the endpoint.
func NewDirect(ctx *pulumi.Context, name string, args *DirectArgs, opts ...pulumi.ResourceOption) (*Direct, error) {
	if args == nil || args.Address == nil || args.FloatingIP != nil && args.PortID == nil {
		return nil, errors.New("args with Address, and with PortID for a floating IP, are required")
	}
	d := &Direct{}
	if err := ctx.RegisterComponentResource(directType, name, d, opts...); err != nil {
		return nil, err
	}
	d.Port = args.Port
	d.Internal = args.Address.ToStringOutput()
	d.External = d.Internal
	if args.FloatingIP != nil {
		var err error
		if d.External, err = args.FloatingIP.Attach(ctx, name, args.PortID, pulumi.Parent(d)); err != nil {
			return nil, err
		}
	}
	return d, ctx.RegisterResourceOutputs(d, d.Outputs())
}
