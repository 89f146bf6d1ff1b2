package stacks

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/bastion"
	"slipway/components/controlplane"
	"slipway/components/network"
	"slipway/components/readiness"
	"slipway/components/sshkey"
	"slipway/components/workerpool"
	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
	"slipway/internal/config"
	"slipway/internal/kubeadm"
	"slipway/internal/machine"
	"slipway/internal/node"
	"slipway/internal/sharednetwork"
)

// arch is the architecture of all machines: no other has been tried.
const arch = "amd64"

// metadata marks every server and volume of a cluster.
func metadata(cfg *config.Config) map[string]string {
	return map[string]string{"slipway-cluster": cfg.Cluster.Name}
}

// tags mark everything that has no metadata.
func tags(cfg *config.Config) []string {
	return []string{clusterMark + cfg.Cluster.Name}
}

func networkArgs(cfg *config.Config, in *cloud, shared *sharednetwork.Network) *network.NetworkArgs {
	args := &network.NetworkArgs{
		CIDR:              cfg.Network.CIDR,
		DNSServers:        cfg.Network.DNSServers,
		MTU:               cfg.Network.MTU,
		ExternalNetworkID: in.network,
		APIAccess:         cfg.Access.API,
		SSHAccess:         cfg.Access.SSH,
		APIPort:           cfg.APIServerPort(),
		Protect:           cfg.Cluster.Protect,
		Tags:              tags(cfg),
	}
	if shared != nil {
		args.Shared = &network.Shared{NetworkID: shared.NetworkID, SubnetID: shared.SubnetID, RouterID: shared.RouterID, MTU: shared.MTU}
	}
	args.NoBastion = !cfg.HasBastion()
	args.DedicatedEtcd = len(cfg.Etcd.Nodes) > 0
	args.LoadBalanced = cfg.Endpoint.Type == config.EndpointOctavia
	args.BalancedServices = cfg.CloudController.LoadBalancers
	args.Announced = announced(cfg)
	args.Monitored = cfg.Monitoring.Enabled
	if listenerAdmits(cfg) {
		args.APIAccess = nil
	}
	if holdsAddress(cfg) {
		args.Proxy = proxyPorts(cfg)
	}
	if cfg.RoutesPods() {
		args.RoutedPodCIDR = cfg.Kubernetes.PodCIDR
	}
	return args
}

func bastionArgs(cfg *config.Config, in *cloud, net *network.Network, key *sshkey.SSHKey) *bastion.BastionArgs {
	return &bastion.BastionArgs{
		Flavor:          in.flavors[cfg.Bastion.Flavor],
		ImageID:         in.images[cfg.Bastion.Image],
		ExternalNetwork: cfg.OpenStack.ExternalNetwork,
		Attachment:      attachment(cfg, net, net.BastionGroupID),
		KeyPair:         key.Name,
		OS:              cfg.OpenStack.OS,
		User:            cfg.OpenStack.User,
		PrivateKey:      key.PrivateKey,
		Metadata:        metadata(cfg),
		Tags:            tags(cfg),
	}
}

// attachment puts a machine into the network with the given security groups.
func attachment(cfg *config.Config, net *network.Network, groups ...pulumi.StringOutput) machine.Attachment {
	at := machine.Attachment{NetworkID: net.NetworkID, SubnetID: net.SubnetID, Tags: tags(cfg)}
	for _, g := range groups {
		at.SecurityGroupIDs = append(at.SecurityGroupIDs, g)
	}
	return at
}

// nodeAttachment is that of a node, which may send pods' packets as they are.
func nodeAttachment(cfg *config.Config, net *network.Network, groups ...pulumi.StringOutput) machine.Attachment {
	at := attachment(cfg, net, append([]pulumi.StringOutput{net.NodeGroupID}, groups...)...)
	if cfg.RoutesPods() {
		at.AddressPairs = []netip.Prefix{cfg.Kubernetes.PodCIDR}
	}
	return at
}

// settings are what all nodes share, wherever they come from.
func settings(cfg *config.Config) node.Settings {
	return node.Settings{
		Cluster: kubeadm.Cluster{
			Name:        cfg.Cluster.Name,
			Version:     cfg.Kubernetes.Version,
			Port:        cfg.APIServerPort(),
			CertSANs:    cfg.Endpoint.CertSANs,
			PodCIDR:     cfg.Kubernetes.PodCIDR,
			ServiceCIDR: cfg.Kubernetes.ServiceCIDR,

			ExternalCloudProvider: cfg.CloudController.Enabled,
			TokenWebhook:          cfg.KeystoneAuth.Enabled,
			SpreadDNS:             cfg.SystemNodes() > 1,
			Proxy:                 kubeadm.Proxy{Mode: string(cfg.Kubernetes.Proxy.Mode), KeepConntrack: cfg.Kubernetes.Proxy.KeepConntrack},
			Kubelet:               kubeadm.Kubelet{AllowCgroupV1: cfg.Kubernetes.Kubelet.AllowCgroupV1, MaxPods: cfg.Kubernetes.Kubelet.MaxPods},
		},
		Arch:                  arch,
		CNI:                   artifacts.CNI(cfg.Kubernetes.CNI),
		Source:                artifacts.Source(cfg.Artifacts),
		Containerd:            bootstrap.Containerd(cfg.Containerd),
		IgnorePreflightErrors: cfg.Kubernetes.IgnorePreflightErrors,
	}
}

// Where a node's volumes are mounted: what fills its disk, and etcd's data.
const (
	containerFolder = "/var/lib/containerd"
	etcdFolder      = "/var/lib/etcd"
)

func hardware(in *cloud, flavor, image string, volumes ...*machine.VolumeArgs) node.Hardware {
	h := node.Hardware{Flavor: in.flavors[flavor], ImageID: in.images[image]}
	for _, volume := range volumes {
		if volume != nil {
			h.Volumes = append(h.Volumes, *volume)
		}
	}
	return h
}

// volume is a volume of the configuration, if there is one.
func volume(name, mount string, v *config.Volume) *machine.VolumeArgs {
	if v == nil {
		return nil
	}
	return &machine.VolumeArgs{Name: name, Mount: mount, SizeGB: v.SizeGB, Type: v.Type}
}

// workerHosts lists the host names of all workers.
func workerHosts(cfg *config.Config) []string {
	var hosts []string
	for _, pool := range sortedKeys(cfg.WorkerPools) {
		for _, name := range sortedKeys(cfg.WorkerPools[pool].Nodes) {
			hosts = append(hosts, cfg.WorkerHost(pool, name))
		}
	}
	return hosts
}

func workerPoolArgs(cfg *config.Config, on *ground, name string, plane *controlplane.ControlPlane) *workerpool.WorkerPoolArgs {
	pool := cfg.WorkerPools[name]
	args := on.workers(name)
	args.Settings, args.Labels = on.settings, pool.Labels
	args.Membership, args.Admitted = plane.Membership, plane.Admitted
	args.ControlPlane, args.DeletedWith = plane.Login(), plane.DeletedWith()
	for _, t := range pool.Taints {
		args.Taints = append(args.Taints, kubeadm.Taint(t))
	}
	return args
}

func readinessArgs(plane *controlplane.ControlPlane, pools []*workerpool.WorkerPool) *readiness.ReadinessArgs {
	args := &readiness.ReadinessArgs{ControlPlane: plane.Login(), DeletedWith: plane.DeletedWith()}
	add := func(nodes map[string]*node.Node) {
		for _, host := range sortedKeys(nodes) {
			args.Nodes = append(args.Nodes, host)
			args.Machines = append(args.Machines, nodes[host].Root.ID())
		}
	}
	add(plane.Nodes)
	for _, pool := range pools {
		add(pool.Nodes)
	}
	return args
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
