package config

import (
	"cmp"
	"net/netip"

	"slipway/internal/nodeos"
	"slipway/internal/subnet"
	"slipway/internal/versions"
)

// Defaults are a contract: changing one may replace the machines of clusters that rely on it.
const (
	// defaultOS is what the local cloud runs, so what is tried out most.
	defaultOS = nodeos.Debian
	// defaultAPIPort is the port that kubeadm and every client assume.
	defaultAPIPort = 6443
	// defaultProxiedPort is a port beside the API server's on the same node.
	defaultProxiedPort = 8443
	// defaultSnapshotSchedule and defaultSnapshotsKept cover three days.
	defaultSnapshotSchedule = "*-*-* 00/6:00:00"
	defaultSnapshotsKept    = 12
	// defaultServerGroupPolicy: two members on one host are one failure away from no quorum.
	defaultServerGroupPolicy = AntiAffinity
	// defaultMaxPods is the limit that Kubernetes is tested with per node.
	defaultMaxPods = 110
	// defaultFlannelBackend works on any network; host-gw needs address pairs on the nodes' ports.
	defaultFlannelBackend = FlannelVXLAN
	// defaultCiliumMode works on any network, as flannel's does.
	defaultCiliumMode = CiliumVXLAN
	// defaultProxyMode: its cost per packet does not grow with the number of Services.
	defaultProxyMode = ProxyNFTables
)

var (
	// defaultNetworkCIDR is the reference sizing: room for any number of nodes.
	defaultNetworkCIDR = netip.MustParsePrefix("10.0.0.0/16")
	// defaultPodCIDR is flannel's own default: a /24 each for 256 nodes.
	defaultPodCIDR = netip.MustParsePrefix("10.244.0.0/16")
	// defaultServiceCIDR is the start of kubeadm's default 10.96.0.0/12, which
	// would claim more of the private range than any cluster has Services.
	defaultServiceCIDR = netip.MustParsePrefix("10.96.0.0/16")
)

// setDefaults fills what the stack's file leaves unset.
func (c *Config) setDefaults() {
	setDefault(&c.Stack, StackCluster)
	setDefault(&c.Endpoint.Type, EndpointDirect)
	if c.OnHosts() {
		c.setHosts()
	} else {
		c.setCloud()
	}
	c.setEndpoint()
	setDefault(&c.Etcd.Snapshots.Schedule, defaultSnapshotSchedule)
	setDefault(&c.Etcd.Snapshots.Keep, defaultSnapshotsKept)
	setDefault(&c.Kubernetes.EncryptionGeneration, 1)
	setDefault(&c.CloudController.CredentialGeneration, 1)
	c.setCinderCSI()
	c.setMetalLB()
	c.setRookCeph()
	setDefault(&c.Monitoring.Retention, defaultRetention)
	c.setLogging()
	c.setIngress()
	c.setCertManager()
	c.setExternalDNS()
	c.setPolicy()
	setDefault(&c.Kubernetes.Version, versions.Kubernetes)
	setDefault(&c.Kubernetes.PodCIDR, defaultPodCIDR)
	setDefault(&c.Kubernetes.ServiceCIDR, defaultServiceCIDR)
	setDefault(&c.Kubernetes.CNI, CNIFlannel)
	switch c.Kubernetes.CNI {
	case CNIFlannel:
		setDefault(&c.Kubernetes.Flannel.Backend, defaultFlannelBackend)
	case CNICilium:
		setDefault(&c.Kubernetes.Cilium.Mode, defaultCiliumMode)
	}
	setDefault(&c.Kubernetes.Proxy.Mode, defaultProxyMode)
	setDefault(&c.Kubernetes.Kubelet.MaxPods, defaultMaxPods)
}

// setCloud fills what machines of a cloud have.
func (c *Config) setCloud() {
	setDefault(&c.OpenStack.OS, defaultOS)
	setDefault(&c.OpenStack.User, c.OpenStack.OS.User())
	if !c.JoinsNetwork() {
		setDefault(&c.Network.CIDR, defaultNetworkCIDR)
	}
	setDefault(&c.ControlPlane.ServerGroupPolicy, defaultServerGroupPolicy)
	c.setImages()
	c.setZones()
}

// setEndpoint fills what depends on the endpoint's type.
func (c *Config) setEndpoint() {
	if c.Endpoint.Type != EndpointKeepalived {
		setDefault(&c.Endpoint.Port, defaultAPIPort)
		return
	}
	setDefault(&c.Endpoint.Port, defaultProxiedPort)
	k := &c.Endpoint.Keepalived
	if usable(c.Network.CIDR) && !k.Address.IsValid() {
		k.Address, _ = subnet.Fixed(c.Network.CIDR)
	}
	if k.Address.Is4() {
		last := int(k.Address.As4()[3])
		setDefault(&k.VirtualRouterID, cmp.Or(last, maxVirtualRouterID))
	}
}

// setImages hands the image of all machines to each kind without its own.
func (c *Config) setImages() {
	if c.HasBastion() {
		setDefault(&c.Bastion.Image, c.OpenStack.Image)
	}
	setDefault(&c.ControlPlane.Image, c.OpenStack.Image)
	if p := c.Endpoint.Keepalived.Proxies; p != nil {
		setDefault(&p.Image, c.OpenStack.Image)
	}
	if len(c.Etcd.Nodes) > 0 {
		setDefault(&c.Etcd.Image, c.OpenStack.Image)
	}
	for name, pool := range c.WorkerPools {
		setDefault(&pool.Image, c.OpenStack.Image)
		c.WorkerPools[name] = pool
	}
}

// setZones spreads the nodes without a zone of their own.
func (c *Config) setZones() {
	for _, set := range c.nodeSets() {
		for name, node := range set.nodes {
			setDefault(&node.Zone, zoneByName(name, c.OpenStack.Zones))
			set.nodes[name] = node
		}
	}
}

func setDefault[T comparable](value *T, fallback T) {
	var unset T
	if *value == unset {
		*value = fallback
	}
}
