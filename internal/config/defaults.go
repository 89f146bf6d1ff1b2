package config

import (
	"net/netip"

	"slipway/internal/nodeos"
	"slipway/internal/versions"
)

// Defaults are a contract: changing one may replace the machines of clusters that rely on it.
const (
	// defaultOS is what the local cloud runs, so what is tried out most.
	defaultOS = nodeos.Debian
	// defaultAPIPort is the port that kubeadm and every client assume.
	defaultAPIPort = 6443
	// defaultMaxPods is the limit that Kubernetes is tested with per node.
	defaultMaxPods = 110
	// defaultFlannelBackend works on any network; host-gw needs address pairs on the nodes' ports.
	defaultFlannelBackend = FlannelVXLAN
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
	setDefault(&c.OpenStack.OS, defaultOS)
	setDefault(&c.OpenStack.User, c.OpenStack.OS.User())
	setDefault(&c.Network.CIDR, defaultNetworkCIDR)
	setDefault(&c.Endpoint.Type, EndpointDirect)
	setDefault(&c.Endpoint.Port, defaultAPIPort)
	setDefault(&c.Kubernetes.Version, versions.Kubernetes)
	setDefault(&c.Kubernetes.PodCIDR, defaultPodCIDR)
	setDefault(&c.Kubernetes.ServiceCIDR, defaultServiceCIDR)
	setDefault(&c.Kubernetes.CNI, CNIFlannel)
	setDefault(&c.Kubernetes.Flannel.Backend, defaultFlannelBackend)
	setDefault(&c.Kubernetes.Proxy.Mode, defaultProxyMode)
	setDefault(&c.Kubernetes.Kubelet.MaxPods, defaultMaxPods)
	c.setImages()
	c.setZones()
}

// setImages hands the image of all machines to each kind without its own.
func (c *Config) setImages() {
	setDefault(&c.Bastion.Image, c.OpenStack.Image)
	setDefault(&c.ControlPlane.Image, c.OpenStack.Image)
	for name, pool := range c.WorkerPools {
		setDefault(&pool.Image, c.OpenStack.Image)
		c.WorkerPools[name] = pool
	}
}

// setZones spreads the nodes without a zone of their own.
func (c *Config) setZones() {
	for name, node := range c.ControlPlane.Nodes {
		setDefault(&node.Zone, zoneByName(name, c.OpenStack.Zones))
		c.ControlPlane.Nodes[name] = node
	}
	for _, pool := range c.WorkerPools {
		for name, node := range pool.Nodes {
			setDefault(&node.Zone, zoneByName(name, c.OpenStack.Zones))
			pool.Nodes[name] = node
		}
	}
}

func setDefault[T comparable](value *T, fallback T) {
	var unset T
	if *value == unset {
		*value = fallback
	}
}
