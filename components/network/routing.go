package network

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/subnet"
)

func (n *Network) createSubnet(ctx *pulumi.Context, name string, args *NetworkArgs) error {
	netArgs := &networking.NetworkArgs{
		Name:         pulumi.String(name + "-network"),
		AdminStateUp: pulumi.Bool(true),
		Tags:         pulumi.ToStringArray(args.Tags),
	}
	if args.MTU != 0 {
		netArgs.Mtu = pulumi.Int(args.MTU)
	}
	network, err := networking.NewNetwork(ctx, name+"-network", netArgs, pulumi.Parent(n), pulumi.Protect(args.Protect))
	if err != nil {
		return fmt.Errorf("creating network %q: %w", name, err)
	}
	first, last := subnet.Pool(args.CIDR)
	sub, err := networking.NewSubnet(ctx, name+"-subnet", &networking.SubnetArgs{
		Name:           pulumi.String(name + "-subnet"),
		NetworkId:      network.ID(),
		Cidr:           pulumi.String(args.CIDR.Masked().String()),
		IpVersion:      pulumi.Int(4),
		GatewayIp:      pulumi.String(subnet.Gateway(args.CIDR).String()),
		EnableDhcp:     pulumi.Bool(true),
		DnsNameservers: texts(args.DNSServers),
		AllocationPools: networking.SubnetAllocationPoolArray{networking.SubnetAllocationPoolArgs{
			Start: pulumi.String(first.String()),
			End:   pulumi.String(last.String()),
		}},
		Tags: pulumi.ToStringArray(args.Tags),
	}, pulumi.Parent(n), pulumi.Protect(args.Protect))
	if err != nil {
		return fmt.Errorf("creating subnet %q: %w", name, err)
	}
	n.NetworkID = network.ID().ToStringOutput()
	n.SubnetID = sub.ID().ToStringOutput()
	n.MTU = network.Mtu
	return nil
}

func (n *Network) createRouter(ctx *pulumi.Context, name string, args *NetworkArgs) error {
	router, err := networking.NewRouter(ctx, name+"-router", &networking.RouterArgs{
		Name:              pulumi.String(name + "-router"),
		AdminStateUp:      pulumi.Bool(true),
		ExternalNetworkId: pulumi.String(args.ExternalNetworkID),
		Tags:              pulumi.ToStringArray(args.Tags),
	}, pulumi.Parent(n), pulumi.Protect(args.Protect))
	if err != nil {
		return fmt.Errorf("creating router %q: %w", name, err)
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(n)}
	if args.BeforeDelete != nil {
		opts = append(opts, pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeDelete: []*pulumi.ResourceHook{args.BeforeDelete}}))
	}
	_, err = networking.NewRouterInterface(ctx, name+"-router-interface", &networking.RouterInterfaceArgs{
		RouterId: router.ID(),
		SubnetId: n.SubnetID,
		// Neutron keeps an interface that routes lead to. When the network goes, nobody
		// is left who would take those to pods out of the router.
		ForceDestroy: pulumi.Bool(true),
	}, opts...)
	if err != nil {
		return fmt.Errorf("creating router interface %q: %w", name, err)
	}
	n.RouterID = router.ID().ToStringOutput()
	return nil
}

func texts(addrs []netip.Addr) pulumi.StringArray {
	out := make(pulumi.StringArray, 0, len(addrs))
	for _, a := range addrs {
		out = append(out, pulumi.String(a.String()))
	}
	return out
}
