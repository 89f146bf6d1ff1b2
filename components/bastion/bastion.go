// Package bastion owns the SSH jump host, the one machine besides the API
// endpoint that has a public address.
package bastion

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/machine"
	"slipway/internal/nodeos"
)

const bastionType = "slipway:index:Bastion"

// BastionArgs describes the jump host.
type BastionArgs struct {
	// Flavor and ImageID are looked up before. Required.
	Flavor  machine.Flavor
	ImageID string
	// ExternalNetwork is the name of the network its floating IP comes from. Required.
	ExternalNetwork string
	// Attachment is where it sits in the private network. Required.
	Attachment machine.Attachment
	// KeyPair is the name of the Nova keypair for the login user. Required.
	KeyPair pulumi.StringInput
	// OS is the operating system in the image. Optional: Debian.
	OS nodeos.OS
	// User is the image's login user. Required.
	User string
	// PrivateKey that the keypair belongs to. Required, secret.
	PrivateKey pulumi.StringInput
	// Metadata and Tags are set on all its resources. Optional.
	Metadata map[string]string
	Tags     []string
}

// Bastion is the jump host.
type Bastion struct {
	pulumi.ResourceState

	// Address is its floating IP.
	Address pulumi.StringOutput `pulumi:"address"`
	// HostKey is the public host key it shows.
	HostKey pulumi.StringOutput `pulumi:"hostKey"`
}

// NewBastion creates the jump host and its floating IP.
func NewBastion(ctx *pulumi.Context, name string, args *BastionArgs, opts ...pulumi.ResourceOption) (*Bastion, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	b := &Bastion{}
	if err := ctx.RegisterComponentResource(bastionType, name, b, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(b)
	port, err := machine.NewPort(ctx, name, args.Attachment, netip.Addr{}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the port of %s: %w", name, err)
	}
	// The address exists before the server, so nothing waits for the server to know it.
	floating, err := networking.NewFloatingIp(ctx, name+"-address", &networking.FloatingIpArgs{
		Pool:        pulumi.String(args.ExternalNetwork),
		PortId:      port.ID().ToStringOutput().ToStringPtrOutput(),
		Description: pulumi.String("SSH to " + name),
		Tags:        pulumi.ToStringArray(args.Tags),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the floating IP of %s: %w", name, err)
	}
	server, err := machine.NewServer(ctx, name, &machine.ServerArgs{
		HostName: name,
		OS:       args.OS,
		Flavor:   args.Flavor,
		ImageID:  args.ImageID,
		KeyPair:  args.KeyPair,
		Port:     port,
		SSH:      machine.SSH{User: args.User, PrivateKey: args.PrivateKey},
		Metadata: args.Metadata,
		Tags:     args.Tags,
	}, parent)
	if err != nil {
		return nil, err
	}
	b.Address = floating.Address
	b.HostKey = server.HostKey
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"address": b.Address, "hostKey": b.HostKey})
}
