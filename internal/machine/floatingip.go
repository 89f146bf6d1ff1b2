package machine

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// FloatingIP says which public address something gets.
type FloatingIP struct {
	// Network is the name of the external network. Required unless Address is set.
	Network string
	// Address is a floating IP that exists. It is associated, and never
	// released. Optional: a new one, which goes with the stack.
	Address netip.Addr
	// Description says what the address is for. Optional.
	Description string
	// Tags are set on a new one. Optional.
	Tags []string
	// Protect keeps a new one from being released. Optional.
	Protect bool
}

// Attach puts the floating IP on a port and returns the address. The resource
// is called <name>-address.
func (f FloatingIP) Attach(ctx *pulumi.Context, name string, portID pulumi.StringInput, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	if f.Address.IsValid() {
		associated, err := networking.NewFloatingIpAssociate(ctx, name+"-address", &networking.FloatingIpAssociateArgs{
			FloatingIp: pulumi.String(f.Address.String()),
			PortId:     portID,
		}, opts...)
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("associating the floating IP of %s: %w", name, err)
		}
		return associated.FloatingIp, nil
	}
	floating, err := networking.NewFloatingIp(ctx, name+"-address", &networking.FloatingIpArgs{
		Pool:        pulumi.String(f.Network),
		PortId:      portID.ToStringOutput().ToStringPtrOutput(),
		Description: pulumi.String(f.Description),
		Tags:        pulumi.ToStringArray(f.Tags),
	}, append(opts, pulumi.Protect(f.Protect))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("creating the floating IP of %s: %w", name, err)
	}
	return floating.Address, nil
}
