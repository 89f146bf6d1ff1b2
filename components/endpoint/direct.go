// Package endpoint owns the ways to reach the Kubernetes API. Each yields the
// same node.Endpoint.
package endpoint

import (
	"errors"
	"fmt"

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
	// FloatingIP puts a floating IP on the node's port. Optional. Defaults to false.
	FloatingIP bool
	// ExternalNetwork is the name of the network the floating IP comes from. Required with FloatingIP.
	ExternalNetwork string
	// Tags are set on the floating IP. Optional.
	Tags []string
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
	if args.FloatingIP {
		floating, err := networking.NewFloatingIp(ctx, name+"-address", &networking.FloatingIpArgs{
			Pool:        pulumi.String(args.ExternalNetwork),
			PortId:      args.ControlPlanePort.ID().ToStringOutput().ToStringPtrOutput(),
			Description: pulumi.String("Kubernetes API of " + name),
			Tags:        pulumi.ToStringArray(args.Tags),
		}, pulumi.Parent(d))
		if err != nil {
			return nil, fmt.Errorf("creating the floating IP of %s: %w", name, err)
		}
		d.External = floating.Address
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"internal": d.Internal,
		"external": d.External,
		"port":     pulumi.Int(d.Port),
	})
}
