// Package config owns the configuration tree of a stack: its types, strict
// decoding, defaults and validation. It knows nothing of Pulumi resources.
package config

import "net/netip"

// Config is everything a stack's `slipway:` keys may say. Each field is the
// key of the same name in camel case, e.g. ControlPlane is slipway:controlPlane.
type Config struct {
	// Stack is the kind of stack. Optional. Defaults to "cluster".
	Stack StackKind `json:"stack,omitempty"`
	// Cluster names the cluster. Required.
	Cluster Cluster `json:"cluster"`
	// OpenStack says where the machines come from. Required.
	OpenStack OpenStack `json:"openstack"`
	// Network is the private network of the nodes. Optional.
	Network Network `json:"network,omitzero"`
	// Access lists who may reach the API and SSH. Required.
	Access Access `json:"access"`
	// Bastion is the SSH jump host. Required: nodes have no public address.
	Bastion Bastion `json:"bastion"`
	// Endpoint is how clients and nodes reach the Kubernetes API. Optional.
	Endpoint Endpoint `json:"endpoint,omitzero"`
	// ControlPlane lists the control-plane nodes. Required.
	ControlPlane ControlPlane `json:"controlPlane"`
	// WorkerPools maps pool names to pools. Optional: without any the control
	// plane must be schedulable.
	WorkerPools map[string]WorkerPool `json:"workerPools,omitempty"`
	// Kubernetes holds version, networking and component settings. Optional.
	Kubernetes Kubernetes `json:"kubernetes,omitzero"`
	// Artifacts is where binaries and images come from. Optional.
	Artifacts Artifacts `json:"artifacts,omitzero"`
	// Containerd tunes the container runtime of every node. Optional.
	Containerd Containerd `json:"containerd,omitzero"`
}

// StackKind is what a stack deploys.
type StackKind string

// The kinds of stack.
const (
	StackCluster StackKind = "cluster"
)

// Cluster identifies the cluster.
type Cluster struct {
	// Name prefixes every cloud resource: a DNS label of at most 40 characters. Required.
	Name string `json:"name"`
}

// OpenStack holds what all machines of the stack share in the cloud. The
// credentials are the OpenStack provider's own (openstack:cloud, OS_*).
type OpenStack struct {
	// ExternalNetwork is the name of the network that routers and floating IPs use. Required.
	ExternalNetwork string `json:"externalNetwork"`
	// Image is the name of the default image of all machines. Required.
	Image string `json:"image"`
	// Zones are the availability zones that nodes are spread over, in order. Optional: Nova picks.
	Zones []string `json:"zones,omitempty"`
}

// Network is the private network of one cluster.
type Network struct {
	// CIDR is the range of the nodes' subnet. Optional. Defaults to 10.0.0.0/16.
	CIDR netip.Prefix `json:"cidr,omitzero"`
	// DNSServers are handed to the nodes. Optional: Neutron's own.
	DNSServers []netip.Addr `json:"dnsServers,omitempty"`
	// MTU in bytes. Optional: Neutron's choice.
	MTU int `json:"mtu,omitempty"`
}

// Access lists the client ranges that security groups admit.
type Access struct {
	// API are the ranges that may reach the Kubernetes API from outside the network. Required.
	API []netip.Prefix `json:"api"`
	// SSH are the ranges that may reach the bastion on port 22. Required.
	SSH []netip.Prefix `json:"ssh"`
}

// Bastion is the SSH jump host on both networks.
type Bastion struct {
	// Flavor is the name of its flavor. Required.
	Flavor string `json:"flavor"`
	// Image overrides openstack.image. Optional.
	Image string `json:"image,omitempty"`
}

// EndpointType is a way to reach the API servers.
type EndpointType string

// The endpoint types.
const (
	// EndpointDirect is the address of the only control-plane node.
	EndpointDirect EndpointType = "direct"
)

// Endpoint is how clients and nodes reach the Kubernetes API.
type Endpoint struct {
	// Type of the endpoint. Optional. Defaults to "direct".
	Type EndpointType `json:"type,omitempty"`
	// Port of the API. Optional. Defaults to 6443.
	Port int `json:"port,omitempty"`
	// FloatingIP puts a floating IP on the endpoint for clients outside the
	// network. Optional. Defaults to false: the API is reached from inside only.
	FloatingIP bool `json:"floatingIP,omitempty"`
	// CertSANs are further names and addresses in the API server's certificate. Optional.
	CertSANs []string `json:"certSANs,omitempty"`
}

// ControlPlane is the set of control-plane nodes.
type ControlPlane struct {
	// Flavor is the name of their flavor: at least 2 vCPU and 2 GiB. Required.
	Flavor string `json:"flavor"`
	// Image overrides openstack.image. Optional.
	Image string `json:"image,omitempty"`
	// Nodes maps node names to nodes; the host name is <cluster>-<name>. Required: an odd number.
	Nodes map[string]Node `json:"nodes"`
	// Schedulable lets ordinary pods run here. Optional. Defaults to false.
	Schedulable bool `json:"schedulable,omitempty"`
	// ContainerVolume is mounted at /var/lib/containerd. Optional: the root disk serves.
	ContainerVolume *Volume `json:"containerVolume,omitempty"`
}

// WorkerPool is a named set of equal worker nodes.
type WorkerPool struct {
	// Flavor is the name of their flavor: at least 1 vCPU and 1 GiB. Required.
	Flavor string `json:"flavor"`
	// Image overrides openstack.image. Optional.
	Image string `json:"image,omitempty"`
	// Nodes maps node names to nodes; the host name is <cluster>-<pool>-<name>. Required.
	Nodes map[string]Node `json:"nodes"`
	// Labels are set on the nodes when they register. Optional.
	Labels map[string]string `json:"labels,omitempty"`
	// Taints are set on the nodes when they register. Optional.
	Taints []Taint `json:"taints,omitempty"`
	// ContainerVolume is mounted at /var/lib/containerd. Optional: the root disk serves.
	ContainerVolume *Volume `json:"containerVolume,omitempty"`
}

// Node is one machine of the control plane or of a pool.
type Node struct {
	// Zone is its availability zone. Optional. Defaults to openstack.zones in turn, by name order.
	Zone string `json:"zone,omitempty"`
	// Address is its fixed address in the subnet. Optional: Neutron picks.
	Address netip.Addr `json:"address,omitzero"`
}

// Volume is a Cinder volume.
type Volume struct {
	// SizeGB is its size in GiB. Required.
	SizeGB int `json:"sizeGB"`
	// Type is its volume type. Optional: the cloud's default.
	Type string `json:"type,omitempty"`
}

// Taint keeps pods away that do not tolerate it.
type Taint struct {
	// Key of the taint. Required.
	Key string `json:"key"`
	// Value of the taint. Optional.
	Value string `json:"value,omitempty"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute. Required.
	Effect string `json:"effect"`
}

// CNI is a pod network.
type CNI string

// The pod networks.
const (
	CNIFlannel CNI = "flannel"
)

// FlannelBackend is how flannel carries packets between nodes.
type FlannelBackend string

// The flannel backends.
const (
	FlannelVXLAN  FlannelBackend = "vxlan"
	FlannelHostGW FlannelBackend = "host-gw"
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
	// CNI is the pod network. Optional. Defaults to "flannel".
	CNI CNI `json:"cni,omitempty"`
	// Flannel tunes the flannel pod network. Optional.
	Flannel Flannel `json:"flannel,omitzero"`
	// Proxy tunes kube-proxy. Optional.
	Proxy Proxy `json:"proxy,omitzero"`
	// Kubelet tunes the kubelet of every node. Optional.
	Kubelet Kubelet `json:"kubelet,omitzero"`
	// IgnorePreflightErrors are kubeadm preflight checks to treat as warnings. Optional.
	IgnorePreflightErrors []string `json:"ignorePreflightErrors,omitempty"`
}

// Flannel tunes the flannel pod network.
type Flannel struct {
	// Backend is vxlan or host-gw. Optional. Defaults to "vxlan".
	Backend FlannelBackend `json:"backend,omitempty"`
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

// Artifacts is where binaries and images come from.
type Artifacts struct {
	// Files is the base URL of a mirror that holds each upstream file under
	// <host>/<path>. Optional: upstream itself.
	Files string `json:"files,omitempty"`
	// Images is the URL of a registry that holds each image under its
	// repository path without the host. Optional: upstream itself.
	Images string `json:"images,omitempty"`
	// Checksums pins files: it maps <host>/<path> to a SHA-256 in hex. Optional:
	// the checksum published beside each file is used.
	Checksums map[string]string `json:"checksums,omitempty"`
}

// Containerd tunes the container runtime of every node.
type Containerd struct {
	// DisableAppArmor starts containers without AppArmor profiles. Optional. Defaults to false.
	DisableAppArmor bool `json:"disableAppArmor,omitempty"`
	// RestrictOOMScoreAdj is for nodes that may not lower OOM scores. Optional. Defaults to false.
	RestrictOOMScoreAdj bool `json:"restrictOOMScoreAdj,omitempty"`
}
