package config

import "net/netip"

// CNI is a pod network.
type CNI string

// The pod networks.
const (
	CNIFlannel CNI = "flannel"
	// CNINeutronRoutes has the cloud's router carry packets between nodes.
	CNINeutronRoutes CNI = "neutron-routes"
	// CNICilium enforces NetworkPolicy, too.
	CNICilium CNI = "cilium"
	// CNICalico enforces NetworkPolicy, too, and carries packets in UDP.
	CNICalico CNI = "calico"
)

// FlannelBackend is how flannel carries packets between nodes.
type FlannelBackend string

// The flannel backends.
const (
	FlannelVXLAN  FlannelBackend = "vxlan"
	FlannelHostGW FlannelBackend = "host-gw"
)

// CiliumMode is how Cilium carries packets between nodes.
type CiliumMode string

// The modes of Cilium.
const (
	CiliumVXLAN  CiliumMode = "vxlan"
	CiliumNative CiliumMode = "native"
)

// ProxyMode is how kube-proxy programs Services.
type ProxyMode string

// The kube-proxy modes; ipvs is deprecated upstream.
const (
	ProxyNFTables ProxyMode = "nftables"
	ProxyIPTables ProxyMode = "iptables"
)

// Kubernetes holds version, networking and component settings.
type Kubernetes struct {
	// Version is the release, e.g. v1.36.3. Optional. Defaults to versions.Kubernetes.
	Version string `json:"version,omitempty"`
	// PodCIDR is the range of pod addresses. Optional. Defaults to 10.244.0.0/16.
	PodCIDR netip.Prefix `json:"podCIDR,omitzero"`
	// ServiceCIDR is the range of Service addresses. Optional. Defaults to 10.96.0.0/16.
	ServiceCIDR netip.Prefix `json:"serviceCIDR,omitzero"`
	// CNI is the pod network: flannel, neutron-routes, cilium or calico. Optional. Defaults to "flannel".
	CNI CNI `json:"cni,omitempty"`
	// Flannel tunes the flannel pod network. Optional; for that one only.
	Flannel Flannel `json:"flannel,omitzero"`
	// Cilium tunes the Cilium pod network. Optional; for that one only.
	Cilium Cilium `json:"cilium,omitzero"`
	// Proxy tunes kube-proxy. Optional.
	Proxy Proxy `json:"proxy,omitzero"`
	// Kubelet tunes the kubelet of every node. Optional.
	Kubelet Kubelet `json:"kubelet,omitzero"`
	// EncryptionGeneration is the number of the key that Secrets are encrypted
	// with at rest; the next number makes the next key. Optional. Defaults to 1.
	EncryptionGeneration int `json:"encryptionGeneration,omitempty"`
	// IgnorePreflightErrors are kubeadm preflight checks to treat as warnings. Optional.
	IgnorePreflightErrors []string `json:"ignorePreflightErrors,omitempty"`
}

// Flannel tunes the flannel pod network.
type Flannel struct {
	// Backend is vxlan or host-gw. Optional. Defaults to "vxlan".
	Backend FlannelBackend `json:"backend,omitempty"`
}

// Cilium tunes the Cilium pod network.
type Cilium struct {
	// Mode is vxlan, in UDP between the nodes, or native, routed on the nodes'
	// subnet. Optional. Defaults to "vxlan".
	Mode CiliumMode `json:"mode,omitempty"`
}

// RoutesPods says whether packets of pods travel between nodes as they are.
func (c *Config) RoutesPods() bool {
	k := c.Kubernetes
	return k.CNI == CNINeutronRoutes || k.Flannel.Backend == FlannelHostGW || k.Cilium.Mode == CiliumNative
}

// WrapsPods says whether packets of pods travel between nodes in VXLAN.
func (c *Config) WrapsPods() bool {
	k := c.Kubernetes
	return k.Flannel.Backend == FlannelVXLAN || k.Cilium.Mode == CiliumVXLAN || k.CNI == CNICalico
}

// Proxy tunes kube-proxy.
type Proxy struct {
	// Mode is nftables or iptables. Optional. Defaults to "nftables".
	Mode ProxyMode `json:"mode,omitempty"`
	// KeepConntrack leaves the host's conntrack limits alone, for nodes that
	// may not change them. Optional. Defaults to false.
	KeepConntrack bool `json:"keepConntrack,omitempty"`
}

// Kubelet tunes the kubelet of every node.
type Kubelet struct {
	// AllowCgroupV1 lets the kubelet run on cgroup v1. Optional. Defaults to false.
	AllowCgroupV1 bool `json:"allowCgroupV1,omitempty"`
	// MaxPods per node. Optional. Defaults to 110.
	MaxPods int `json:"maxPods,omitempty"`
}
