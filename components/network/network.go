// Package network owns the private network of a cluster: network, subnet,
// router and security groups. It knows nothing of servers: those bring their
// own ports and join the groups by the ids this package outputs.
package network

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:Network"

// NetworkArgs says what the network looks like and who may reach it.
type NetworkArgs struct {
	// CIDR is the IPv4 range of the subnet. Required. Package subnet says which
	// of its addresses Neutron hands out.
	CIDR netip.Prefix
	// DNSServers are handed out by DHCP. Optional: Neutron's own.
	DNSServers []netip.Addr
	// MTU of the network in bytes. Optional: Neutron's choice.
	MTU int
	// ExternalNetworkID is the network that the router's gateway is on. Required
	// unless Shared is set.
	ExternalNetworkID string
	// Shared is a network of another stack that the cluster joins: its security
	// groups are all that is made. CIDR is that of its subnet. Optional.
	Shared *Shared
	// Alone says that clusters of other stacks are to join the network: it has no
	// security groups. Optional.
	Alone bool
	// APIAccess are the ranges outside the network that may reach the API. Optional.
	APIAccess []netip.Prefix
	// SSHAccess are the ranges that may reach the bastion on port 22; see NoBastion. Optional.
	SSHAccess []netip.Prefix
	// NoBastion says that there is none: SSHAccess may reach every machine on port
	// 22, and has to be routed to them. Optional.
	NoBastion bool
	// APIPort is the TCP port of the API servers. Required unless Alone is set.
	APIPort int
	// Proxy says where the machines listen that hold a virtual address of the
	// API. Optional: clients reach the API servers themselves.
	Proxy *ProxyPorts
	// LoadBalanced says that a load balancer of the cloud is in front of the API
	// servers. Unless it keeps its clients' addresses, who may reach it is its own
	// business, and APIAccess stays empty. Optional.
	LoadBalanced bool
	// BalancedServices says that Services get load balancers of the cloud.
	BalancedServices bool
	// Announced says that nodes answer for addresses of Services, and who may reach
	// these. Optional.
	Announced *AnnouncedServices
	// Monitored says that collectors on nodes ask what runs on each of them. Optional.
	Monitored bool
	// DedicatedEtcd says that etcd has machines of its own. Optional.
	DedicatedEtcd bool
	// RoutedPodCIDR is the range of the pods when their packets travel between
	// nodes without an overlay. Optional: without it only the vxlan overlay is
	// admitted.
	RoutedPodCIDR netip.Prefix
	// Protect keeps network, subnet and router from being deleted. Optional.
	Protect bool
	// BeforeDelete is asked before the interface of the router is deleted, which is
	// what goes first of a network. Optional.
	BeforeDelete *pulumi.ResourceHook
	// Tags are set on everything that can carry tags. Optional.
	Tags []string
}

// Shared is a network that other clusters may be in, too.
type Shared struct {
	// NetworkID, SubnetID and RouterID are the ids of its parts. Required.
	NetworkID, SubnetID, RouterID string
	// MTU in bytes. Required.
	MTU int
}

// AnnouncedServices have addresses in the network that nodes take in turn.
type AnnouncedServices struct {
	// Access are the clients that are no nodes. Optional.
	Access []ServiceAccess
}

// ServiceAccess admits clients to ports of Services.
type ServiceAccess struct {
	// Protocol is tcp or udp. Required.
	Protocol string
	// Ports and From are the ports, and the ranges of the clients. Required.
	Ports []int
	From  []netip.Prefix
}

// ProxyPorts are the TCP ports of the machines in front of the API servers.
type ProxyPorts struct {
	// API is where clients connect. Required.
	API int
	// Status is where they say that they live, among each other and to
	// collectors of metrics. Required.
	Status int
	// Published are those at which they bring clients to Services, NodePorts those of
	// control planes that these are at. Optional.
	Published, NodePorts []int
	// PublishedAccess are the ranges outside the network that may reach the
	// published ports. Optional.
	PublishedAccess []netip.Prefix
}

// Network is the private network of one cluster. Servers must depend on the
// whole component (pulumi.DependsOn): before the router interface and the rules
// exist a server reaches neither its metadata nor the outside, and cloud-init
// fails for good.
type Network struct {
	pulumi.ResourceState

	// NetworkID is the id of the network.
	NetworkID pulumi.StringOutput
	// SubnetID is the id of its only subnet.
	SubnetID pulumi.StringOutput
	// RouterID is the id of the router to the external network.
	RouterID pulumi.StringOutput
	// BastionGroupID is the security group of the bastion. With args.NoBastion
	// there is none.
	BastionGroupID pulumi.StringOutput
	// NodeGroupID is the security group of every node, control planes included.
	NodeGroupID pulumi.StringOutput
	// ControlPlaneGroupID is the further security group of control planes. It
	// has no egress of its own: a control plane is always in the node group too.
	ControlPlaneGroupID pulumi.StringOutput
	// ProxyGroupID is the security group of machines that hold the API's
	// virtual address. Without args.Proxy there is none.
	ProxyGroupID pulumi.StringOutput
	// EtcdGroupID is the security group of dedicated etcd members. Without
	// args.DedicatedEtcd there is none.
	EtcdGroupID pulumi.StringOutput
	// MTU is the network's MTU in bytes.
	MTU pulumi.IntOutput
}

// NewNetwork creates the network called name; name prefixes all its parts.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("network %q: %w", name, err)
	}
	n := &Network{}
	if err := ctx.RegisterComponentResource(typeToken, name, n, opts...); err != nil {
		return nil, fmt.Errorf("registering network %q: %w", name, err)
	}
	if args.Shared != nil {
		n.join(args.Shared)
	} else if err := n.create(ctx, name, args); err != nil {
		return nil, err
	}
	outputs := pulumi.Map{"networkId": n.NetworkID, "subnetId": n.SubnetID, "routerId": n.RouterID, "mtu": n.MTU}
	if args.Alone {
		return n, ctx.RegisterResourceOutputs(n, outputs)
	}
	if err := n.createGroups(ctx, name, args); err != nil {
		return nil, err
	}
	outputs["nodeGroupId"], outputs["controlPlaneGroupId"] = n.NodeGroupID, n.ControlPlaneGroupID
	if !args.NoBastion {
		outputs["bastionGroupId"] = n.BastionGroupID
	}
	return n, ctx.RegisterResourceOutputs(n, outputs)
}

// join takes the network that is there.
func (n *Network) join(s *Shared) {
	n.NetworkID = pulumi.String(s.NetworkID).ToStringOutput()
	n.SubnetID = pulumi.String(s.SubnetID).ToStringOutput()
	n.RouterID = pulumi.String(s.RouterID).ToStringOutput()
	n.MTU = pulumi.Int(s.MTU).ToIntOutput()
}

// create makes a network with a way out.
func (n *Network) create(ctx *pulumi.Context, name string, args *NetworkArgs) error {
	if err := n.createSubnet(ctx, name, args); err != nil {
		return err
	}
	return n.createRouter(ctx, name, args)
}
