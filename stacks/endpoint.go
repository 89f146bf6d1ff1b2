package stacks

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/endpoint"
	"slipway/components/network"
	"slipway/components/vip"
	"slipway/internal/config"
	"slipway/internal/machine"
	"slipway/internal/node"
)

// reached is how the API is reached, and what the machines that hold its
// address have to run for that.
type reached struct {
	node.Endpoint
	proxies map[string]pulumi.Output
}

// deployEndpoint creates the endpoint that the configuration asks for, in the
// network if OpenStack makes one.
func deployEndpoint(ctx *pulumi.Context, cfg *config.Config, net *network.Network, p plane, opts ...pulumi.ResourceOption) (*reached, error) {
	name := cfg.Cluster.Name + "-endpoint"
	switch cfg.Endpoint.Type {
	case config.EndpointKeepalived:
		v, err := vip.NewHAProxyKeepalivedVIP(ctx, name, virtualAddressArgs(cfg, net, p), opts...)
		if err != nil {
			return nil, err
		}
		return &reached{v.Endpoint, v.Config}, nil
	case config.EndpointOctavia:
		o, err := endpoint.NewOctavia(ctx, name, octaviaArgs(cfg, net, p), opts...)
		if err != nil {
			return nil, err
		}
		return &reached{Endpoint: o.Endpoint}, nil
	case config.EndpointDirect:
		d, err := endpoint.NewDirect(ctx, name, directArgs(cfg, p), opts...)
		if err != nil {
			return nil, err
		}
		return &reached{Endpoint: d.Endpoint}, nil
	default:
		return nil, fmt.Errorf("slipway:endpoint.type: %q is not a type of endpoint", cfg.Endpoint.Type)
	}
}

func directArgs(cfg *config.Config, p plane) *endpoint.DirectArgs {
	args := &endpoint.DirectArgs{Port: cfg.Endpoint.Port, FloatingIP: floatingIP(cfg)}
	for _, address := range p.nodes.Addresses() { // there is exactly one
		args.Address = address
	}
	if p.nodes.Ports != nil {
		for _, port := range p.nodes.Ports.ByNode {
			args.PortID = port.ID().ToStringOutput()
		}
	}
	return args
}

func virtualAddressArgs(cfg *config.Config, net *network.Network, p plane) *vip.HAProxyKeepalivedVIPArgs {
	k := cfg.Endpoint.Keepalived
	args := &vip.HAProxyKeepalivedVIPArgs{
		Address:         k.Address,
		Port:            cfg.Endpoint.Port,
		APIServerPort:   cfg.APIServerPort(),
		VirtualRouterID: k.VirtualRouterID,
		APIServers:      p.nodes.Addresses(),
		Published:       published(cfg),
	}
	args.Proxies = args.APIServers
	if k.Proxies != nil {
		args.Proxies = p.proxies.Addresses()
	}
	if net != nil {
		args.OpenStack = &vip.OpenStackArgs{Attachment: attachment(cfg, net, net.ProxyGroupID), FloatingIP: floatingIP(cfg), Protect: cfg.Cluster.Protect}
	}
	return args
}

func octaviaArgs(cfg *config.Config, net *network.Network, p plane) *endpoint.OctaviaArgs {
	args := &endpoint.OctaviaArgs{
		SubnetID:      net.SubnetID,
		Port:          cfg.Endpoint.Port,
		APIServerPort: cfg.APIServerPort(),
		Members:       p.nodes.Addresses(),
		Provider:      cfg.Endpoint.Octavia.Provider,
		FloatingIP:    floatingIP(cfg),
		Protect:       cfg.Cluster.Protect,
		Tags:          tags(cfg),
	}
	if listenerAdmits(cfg) {
		// Nodes and the bastion are neighbours of the load balancer: no router stands
		// between that would change their addresses.
		args.AllowedCIDRs = append([]netip.Prefix{cfg.Network.CIDR}, cfg.Access.API...)
	}
	return args
}

// listenerAdmits says whether the load balancer decides who may connect, and
// not the security groups of the API servers.
func listenerAdmits(cfg *config.Config) bool {
	return cfg.Endpoint.Type == config.EndpointOctavia && !endpoint.KeepsClientAddress(cfg.Endpoint.Octavia.Provider)
}

// floatingIP is the endpoint's public address, if it is to have one.
func floatingIP(cfg *config.Config) *machine.FloatingIP {
	if !cfg.Endpoint.FloatingIP {
		return nil
	}
	return &machine.FloatingIP{
		Network:     cfg.OpenStack.ExternalNetwork,
		Address:     cfg.Endpoint.FloatingIPAddress,
		Description: "Kubernetes API of " + cfg.Cluster.Name + "-endpoint",
		Tags:        tags(cfg),
		Protect:     cfg.Cluster.Protect,
	}
}
