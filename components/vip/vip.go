// Package vip owns the virtual address of the Kubernetes API that HAProxy and
// Keepalived hold on several machines in turn. It needs no load balancer. It
// configures the machines but does not own them.
package vip

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/machine"
	"slipway/internal/node"
)

const vipType = "slipway:index:HAProxyKeepalivedVIP"

// HAProxyKeepalivedVIPArgs describes the virtual address and who serves it.
type HAProxyKeepalivedVIPArgs struct {
	// Address is the virtual address. Required. The ports of all proxies must
	// have it among their allowed address pairs.
	Address netip.Addr
	// Port is where HAProxy listens. Required; another one than APIServerPort
	// when both are on the same machines.
	Port int
	// APIServerPort is the port of each API server. Required.
	APIServerPort int
	// VirtualRouterID tells virtual addresses in one network apart, 1 to 255. Required.
	VirtualRouterID int
	// Proxies maps the host names of those that hold the address to their own
	// addresses. Required.
	Proxies map[string]pulumi.StringInput
	// APIServers maps host names to the addresses of the API servers. Required.
	APIServers map[string]pulumi.StringInput
	// Published are ports at which the address leads to Services. Optional.
	Published []Published
	// OpenStack reserves the address. Optional: it is an address of the LAN.
	OpenStack *OpenStackArgs
}

// Published is a port at which clients reach a Service.
type Published struct {
	// Name tells it from others, in HAProxy's statistics. Required.
	Name string
	// Port is where clients connect, NodePort the Service's on control planes. Required.
	Port, NodePort int
}

// OpenStackArgs says how the address is reserved in the cloud.
type OpenStackArgs struct {
	// Attachment is where the address is. Required.
	Attachment machine.Attachment
	// FloatingIP goes on the address. Optional: the API is reached from inside only.
	FloatingIP *machine.FloatingIP
	// Protect keeps the address from being given up. Optional.
	Protect bool
}

// HAProxyKeepalivedVIP is a virtual address of the API.
type HAProxyKeepalivedVIP struct {
	pulumi.ResourceState
	node.Endpoint

	// Config maps the host names of the proxies to what they run, each a bootstrap.Proxy.
	Config map[string]pulumi.Output
}

// NewHAProxyKeepalivedVIP reserves the address and configures its proxies.
func NewHAProxyKeepalivedVIP(ctx *pulumi.Context, name string, args *HAProxyKeepalivedVIPArgs, opts ...pulumi.ResourceOption) (*HAProxyKeepalivedVIP, error) {
	if err := args.validate(); err != nil {
		return nil, err
	}
	v := &HAProxyKeepalivedVIP{Config: map[string]pulumi.Output{}}
	if err := ctx.RegisterComponentResource(vipType, name, v, opts...); err != nil {
		return nil, err
	}
	v.Port = args.Port
	v.Internal = pulumi.String(args.Address.String()).ToStringOutput()
	v.External = v.Internal
	if args.OpenStack != nil {
		if err := v.reserve(ctx, name, args); err != nil {
			return nil, err
		}
	}
	for host := range args.Proxies {
		v.Config[host] = args.config(host)
	}
	return v, ctx.RegisterResourceOutputs(v, v.Outputs())
}

func (args *HAProxyKeepalivedVIPArgs) validate() error {
	const maxVirtualRouterID = 255
	switch {
	case args == nil || !args.Address.Is4() || args.Port == 0 || args.APIServerPort == 0:
		return errors.New("args with an IPv4 address and both ports are required")
	case args.VirtualRouterID < 1 || args.VirtualRouterID > maxVirtualRouterID:
		return fmt.Errorf("virtual router id %d: must be between 1 and %d", args.VirtualRouterID, maxVirtualRouterID)
	case len(args.Proxies) == 0 || len(args.Proxies) > maxProxies || len(args.APIServers) == 0:
		return fmt.Errorf("%d proxies for %d API servers: 1 to %d proxies and an API server are required", len(args.Proxies), len(args.APIServers), maxProxies)
	}
	return nil
}

// reserve keeps the address from being handed to a machine. Its port is never
// bound: the proxies send from the address by their allowed address pairs.
func (v *HAProxyKeepalivedVIP) reserve(ctx *pulumi.Context, name string, args *HAProxyKeepalivedVIPArgs) error {
	parent := pulumi.Parent(v)
	port, err := machine.NewPort(ctx, name, args.OpenStack.Attachment, args.Address, parent, pulumi.Protect(args.OpenStack.Protect))
	if err != nil {
		return fmt.Errorf("reserving the address of %s: %w", name, err)
	}
	v.Internal = machine.Address(port)
	v.External = v.Internal
	if f := args.OpenStack.FloatingIP; f != nil {
		v.External, err = f.Attach(ctx, name, port.ID().ToStringOutput(), parent)
	}
	return err
}

// config is what one proxy runs, once all addresses are known.
func (args *HAProxyKeepalivedVIPArgs) config(host string) pulumi.Output {
	return pulumi.All(pulumi.StringMap(args.Proxies), pulumi.StringMap(args.APIServers)).ApplyT(
		func(v []any) (bootstrap.Proxy, error) {
			return topology{
				Address: args.Address, Port: args.Port, APIServerPort: args.APIServerPort, VirtualRouterID: args.VirtualRouterID,
				Published: args.Published, Proxies: members(v[0].(map[string]string)), APIServers: members(v[1].(map[string]string)),
			}.render(host)
		})
}
