package kubeadm

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Cluster is what all nodes of one cluster share.
type Cluster struct {
	// Name of the cluster. Required.
	Name string
	// Version is the Kubernetes release, e.g. v1.36.3. Required.
	Version string
	// Endpoint is the host:port at which nodes reach the API. Required.
	Endpoint string
	// Port is the TCP port of each API server. Required.
	Port int
	// CertSANs are further names and addresses in the API server's certificate. Optional.
	CertSANs []string
	// PodCIDR and ServiceCIDR are the ranges of pods and Services. Required.
	PodCIDR, ServiceCIDR netip.Prefix
	// Proxy tunes kube-proxy.
	Proxy Proxy
	// Kubelet tunes the kubelet of every node.
	Kubelet Kubelet
	// ExternalCloudProvider has nodes wait, tainted, until a cloud controller
	// manager has told their addresses and zones. A node reads it when it joins.
	ExternalCloudProvider bool
	// TokenWebhook has API servers ask their own node about tokens that are not
	// the cluster's, see RenderTokenWebhook. Members are told by the step Settings.
	TokenWebhook bool
	// SpreadDNS keeps the pods of CoreDNS on different nodes, see RenderDNSPatch:
	// for clusters with two nodes that take them. It is read when the cluster is made.
	SpreadDNS bool
	// ExternalEtcd lists the endpoints of dedicated etcd members, see
	// EtcdEndpoint. Optional: etcd runs on the control planes.
	ExternalEtcd []string
}

// Proxy tunes kube-proxy.
type Proxy struct {
	// Mode is nftables or iptables. Required.
	Mode string
	// KeepConntrack leaves the host's conntrack limits alone.
	KeepConntrack bool
}

// Kubelet tunes the kubelet of every node. It is read when the cluster is
// made; kubeadm keeps it in the cluster for the nodes that join later.
type Kubelet struct {
	// AllowCgroupV1 lets the kubelet run on cgroup v1.
	AllowCgroupV1 bool
	// MaxPods per node. Required.
	MaxPods int
}

// Node is one node as it registers.
type Node struct {
	// Name of the Node. Required.
	Name string
	// Address is the node's own address. Required.
	Address string
	// Labels are set when the node registers. Optional.
	Labels map[string]string
	// Taints are set when the node registers. Optional. Control planes that
	// should not run ordinary pods need ControlPlaneTaint.
	Taints []Taint
	// IgnorePreflightErrors are kubeadm checks to treat as warnings. Optional.
	IgnorePreflightErrors []string
}

// ControlPlaneTaint keeps ordinary pods off a control plane.
var ControlPlaneTaint = Taint{Key: "node-role.kubernetes.io/control-plane", Effect: "NoSchedule"}

// Discovery is how a joining node finds and verifies the cluster.
type Discovery struct {
	// Token is the bootstrap token. Required, secret.
	Token string
	// CACertHash pins the cluster's authority, see pki.CACertHash. Required.
	CACertHash string
}

func (c Cluster) validate() error {
	switch {
	case c.Name == "" || c.Version == "" || c.Endpoint == "":
		return errors.New("name, version and endpoint are required")
	case !c.PodCIDR.IsValid() || !c.ServiceCIDR.IsValid():
		return errors.New("the ranges of pods and Services are required")
	case c.Port == 0 || c.Kubelet.MaxPods == 0 || c.Proxy.Mode == "":
		return errors.New("the API port, the limit of pods and the proxy mode are required")
	}
	return validateEndpoints(c.ExternalEtcd)
}

func (n Node) validate() error {
	if n.Name == "" {
		return errors.New("the node's name is required")
	}
	if _, err := netip.ParseAddr(n.Address); err != nil {
		return fmt.Errorf("node %q: %w", n.Name, err)
	}
	for _, label := range slices.Sorted(maps.Keys(n.Labels)) {
		if reserved(label) {
			return fmt.Errorf("node %q: a kubelet may not set the label %q itself; use a label outside kubernetes.io and k8s.io", n.Name, label)
		}
	}
	return nil
}

func (d Discovery) validate() error {
	if d.Token == "" || !strings.HasPrefix(d.CACertHash, "sha256:") {
		return errors.New("the token and the authority's hash (sha256:...) are required")
	}
	return nil
}

// settable are the labels below kubernetes.io that the NodeRestriction
// admission lets a kubelet set on its own Node.
var settable = []string{
	"node.kubernetes.io/instance-type",
	"topology.kubernetes.io/region",
	"topology.kubernetes.io/zone",
}

// reserved reports whether the kubelet refuses to start with this label.
func reserved(label string) bool {
	domain, _, qualified := strings.Cut(label, "/")
	if !qualified || slices.Contains(settable, label) {
		return false
	}
	inside := func(parent string) bool { return domain == parent || strings.HasSuffix(domain, "."+parent) }
	if inside("kubelet.kubernetes.io") || inside("node.kubernetes.io") {
		return false
	}
	return inside("kubernetes.io") || inside("k8s.io")
}
