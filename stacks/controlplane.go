package stacks

import (
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/network"
	"slipway/internal/bootstrap"
	"slipway/internal/config"
	"slipway/internal/machine"
	"slipway/internal/node"
)

// plane is the machines of a control plane, whose addresses exist before they do.
type plane struct {
	nodes, etcd, proxies controlplane.Machines
}

// reservePlane creates the addresses of the control plane: endpoint and
// certificates need them before there is a machine.
func reservePlane(ctx *pulumi.Context, cfg *config.Config, in *cloud, net *network.Network, opts ...pulumi.ResourceOption) (p plane, err error) {
	name, cp, etcd := cfg.Cluster.Name, cfg.ControlPlane, cfg.Etcd
	own := nodeAttachment(cfg, net, net.ControlPlaneGroupID)
	if len(cfg.WorkerPools) == 0 {
		own = announcing(cfg, own)
	}
	disks := []*machine.VolumeArgs{volume("containers", containerFolder, cp.ContainerVolume)}
	if len(etcd.Nodes) == 0 {
		disks = append(disks, etcdVolume(cfg))
	}
	if holdsAddress(cfg) && cfg.Endpoint.Keepalived.Proxies == nil {
		own = withVirtualAddress(cfg, own, net)
	}
	if p.nodes, err = reserve(ctx, name, cp.Nodes, own, hardware(in, cp.Flavor, cp.Image, disks...), opts...); err != nil {
		return p, err
	}
	if len(etcd.Nodes) > 0 {
		disk := etcdVolume(cfg)
		if p.etcd, err = reserve(ctx, name+"-etcd", etcd.Nodes, attachment(cfg, net, net.EtcdGroupID), hardware(in, etcd.Flavor, etcd.Image, disk), opts...); err != nil {
			return p, err
		}
	}
	if proxies := cfg.Endpoint.Keepalived.Proxies; proxies != nil {
		at := withVirtualAddress(cfg, attachment(cfg, net), net)
		p.proxies, err = reserve(ctx, name+"-proxy", proxies.Nodes, at, hardware(in, proxies.Flavor, proxies.Image), opts...)
	}
	return p, err
}

// etcdVolume is where a member keeps its data, if that is a volume of its own.
func etcdVolume(cfg *config.Config) *machine.VolumeArgs {
	v := volume("etcd", etcdFolder, cfg.Etcd.Volume)
	if v != nil {
		v.Protect = cfg.Cluster.Protect
	}
	return v
}

// reserve creates the addresses of a set of machines.
func reserve(ctx *pulumi.Context, prefix string, nodes map[string]config.Node, at machine.Attachment, on node.Hardware, opts ...pulumi.ResourceOption) (controlplane.Machines, error) {
	m := controlplane.Machines{Prefix: prefix, Hardware: on, Zones: map[string]string{}}
	addresses := map[string]netip.Addr{}
	for name, n := range nodes {
		m.Zones[name], addresses[name] = n.Zone, n.Address
	}
	var err error
	m.Ports, err = controlplane.NewPorts(ctx, prefix, &controlplane.PortsArgs{Addresses: addresses, Attachment: at}, opts...)
	return m, err
}

// holdsAddress says whether machines of the stack hold the API's address.
func holdsAddress(cfg *config.Config) bool { return cfg.Endpoint.Type == config.EndpointKeepalived }

// withVirtualAddress lets a machine send from the virtual address.
func withVirtualAddress(cfg *config.Config, at machine.Attachment, net *network.Network) machine.Attachment {
	at.SecurityGroupIDs = append(at.SecurityGroupIDs, net.ProxyGroupID)
	at.AddressPairs = append(at.AddressPairs, netip.PrefixFrom(cfg.Endpoint.Keepalived.Address, 32))
	return at
}

func controlPlaneArgs(cfg *config.Config, on *ground) *controlplane.ControlPlaneArgs {
	return &controlplane.ControlPlaneArgs{
		Settings:             on.settings,
		Machines:             on.plane.nodes,
		Etcd:                 on.plane.etcd,
		Proxies:              on.plane.proxies,
		VirtualAddress:       on.api.proxies,
		ServerGroupPolicy:    string(cfg.ControlPlane.ServerGroupPolicy),
		EncryptionGeneration: cfg.Kubernetes.EncryptionGeneration,
		EtcdSnapshots:        bootstrap.Snapshots(cfg.Etcd.Snapshots),
		Endpoint:             on.api.Endpoint,
		Schedulable:          cfg.ControlPlane.Schedulable,
		Members:              workerHosts(cfg),
	}
}
