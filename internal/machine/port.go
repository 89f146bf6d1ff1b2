package machine

import (
	"net/netip"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Attachment is where in the cloud's networks a machine sits.
type Attachment struct {
	// NetworkID and SubnetID name the private network. Required.
	NetworkID, SubnetID pulumi.StringInput
	// SecurityGroupIDs are the groups of the port. Required.
	SecurityGroupIDs pulumi.StringArray
	// AddressPairs are further ranges the machine may send from, such as pod
	// addresses that are routed without an overlay. Optional.
	AddressPairs []netip.Prefix
	// Tags are set on the port. Optional.
	Tags []string
}

// NewPort reserves the address of a machine. The port is a resource of its own
// so that a replaced server keeps its address, and so that the address is known
// before the server exists.
func NewPort(ctx *pulumi.Context, name string, at Attachment, address netip.Addr, opts ...pulumi.ResourceOption) (*networking.Port, error) {
	fixed := networking.PortFixedIpArgs{SubnetId: at.SubnetID}
	if address.IsValid() {
		fixed.IpAddress = pulumi.String(address.String())
	}
	pairs := networking.PortAllowedAddressPairArray{}
	for _, p := range at.AddressPairs {
		pairs = append(pairs, networking.PortAllowedAddressPairArgs{IpAddress: pulumi.String(p.String())})
	}
	return networking.NewPort(ctx, name+"-port", &networking.PortArgs{
		Name:                pulumi.String(name),
		NetworkId:           at.NetworkID,
		AdminStateUp:        pulumi.Bool(true),
		FixedIps:            networking.PortFixedIpArray{fixed},
		SecurityGroupIds:    at.SecurityGroupIDs,
		AllowedAddressPairs: pairs,
		Tags:                pulumi.ToStringArray(at.Tags),
	}, opts...)
}

// Address returns the port's first fixed address.
func Address(port *networking.Port) pulumi.StringOutput {
	return port.AllFixedIps.Index(pulumi.Int(0))
}
