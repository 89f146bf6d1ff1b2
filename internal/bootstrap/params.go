package bootstrap

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"slipway/internal/artifacts"
)

// Params is everything one node needs to become a member of its cluster.
type Params struct {
	// Node is the node's name, which is also its host name. Required.
	Node string
	// Role of the node. Required.
	Role artifacts.Role
	// KubernetesVersion is the release, e.g. v1.36.3. Required.
	KubernetesVersion string
	// Arch is the machine's architecture, e.g. amd64. Required.
	Arch string
	// CNI is the pod network, whose images are pulled ahead. Required.
	CNI artifacts.CNI
	// Source is where files and images come from.
	Source artifacts.Source
	// Containerd tunes the container runtime.
	Containerd Containerd
	// Volumes are the disks to mount. Optional.
	Volumes []Volume
	// Endpoint is the host:port at which nodes reach the API. Required.
	Endpoint string
	// CACert is the cluster's authority, in PEM. Required.
	CACert string
	// Peers are the host:port of the other control planes' API servers. Optional.
	// A control plane that finds none of them answering makes a new cluster.
	Peers []string
	// Kubeadm is the configuration that package kubeadm renders: what a control
	// plane makes the cluster with, a worker joins with, or an etcd member is
	// made from. Required, secret.
	Kubeadm string
	// KubeadmJoin is what a control plane joins with when the cluster exists
	// already. Required for control planes, secret.
	KubeadmJoin string
	// EtcdClient is what a control plane makes its certificate for dedicated
	// etcd members with. Optional: etcd runs on the control planes.
	EtcdClient string
	// DNSPatch is what kubeadm changes in CoreDNS, see kubeadm.RenderDNSPatch. Optional.
	DNSPatch string
	// TokenWebhook is how a control plane's API server reaches what knows tokens
	// that are not the cluster's, see kubeadm.RenderTokenWebhook. Optional.
	TokenWebhook string
	// EtcdKubelet is the kubelet's configuration on a dedicated etcd member.
	// Required for those.
	EtcdKubelet string
	// EtcdSnapshots says when and how many snapshots an etcd member keeps.
	EtcdSnapshots Snapshots
	// Keys are what control planes hold. Required for those; an etcd member has
	// Keys.ForEtcd; else nil.
	Keys *Keys
	// Proxy makes the node hold the API's virtual address in turn. Required for
	// artifacts.Proxy, which is no Kubernetes node and needs nothing else but
	// Node, Role and CACert; else optional.
	Proxy *Proxy
}

// Snapshots says how an etcd member saves its data.
type Snapshots struct {
	// Schedule is a calendar expression of systemd. Optional: every six hours.
	Schedule string
	// Keep is how many snapshots stay. Optional: 12.
	Keep int
}

// Containerd tunes the container runtime.
type Containerd struct {
	// DisableAppArmor starts containers without AppArmor profiles.
	DisableAppArmor bool
	// RestrictOOMScoreAdj is for nodes that may not lower OOM scores.
	RestrictOOMScoreAdj bool
}

// Volume is a disk that Slipway formats when it is blank, and mounts.
type Volume struct {
	// Device is its stable path below /dev/disk/by-id.
	Device string
	// Mount is the folder it is mounted at.
	Mount string
}

// Keys are the private keys and further authorities of a cluster, in PEM.
// Every control plane holds all of them. Secret.
type Keys struct {
	// CAKey signs with the cluster's authority.
	CAKey string
	// EtcdCACert and EtcdCAKey are etcd's own authority.
	EtcdCACert, EtcdCAKey string
	// FrontProxyCACert and FrontProxyCAKey are the authority of the aggregation layer.
	FrontProxyCACert, FrontProxyCAKey string
	// ServiceAccountKey and ServiceAccountPub sign and verify service account tokens.
	ServiceAccountKey, ServiceAccountPub string
	// BootstrapToken lets nodes join, <id>.<secret>.
	BootstrapToken string
	// Encryption is how API servers encrypt at rest, see pki.Encryption.
	Encryption string
}

// ForEtcd are the keys of a dedicated etcd member: those of etcd's authority.
func (k Keys) ForEtcd() *Keys { return &Keys{EtcdCACert: k.EtcdCACert, EtcdCAKey: k.EtcdCAKey} }

var nodeName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

func (p Params) validate() error {
	if !nodeName.MatchString(p.Node) {
		return fmt.Errorf("node %q: not a host name", p.Node)
	}
	if p.Role == artifacts.Proxy {
		return p.validateProxy()
	}
	if p.KubernetesVersion == "" || p.Arch == "" || p.Endpoint == "" || p.CACert == "" || p.Kubeadm == "" {
		return fmt.Errorf("node %s: version, architecture, endpoint, authority and kubeadm's configuration are required", p.Node)
	}
	if err := p.validateRole(); err != nil {
		return fmt.Errorf("node %s: %w", p.Node, err)
	}
	for _, v := range p.Volumes {
		if err := v.validate(); err != nil {
			return fmt.Errorf("node %s: volume %q at %q: %w", p.Node, v.Device, v.Mount, err)
		}
	}
	if err := p.Source.Validate(); err != nil {
		return fmt.Errorf("node %s: %w", p.Node, err)
	}
	return nil
}

// validateRole checks what some roles need and others must not get.
func (p Params) validateRole() error {
	plane, etcd := p.Role == artifacts.ControlPlane, p.Role == artifacts.Etcd
	switch {
	case (plane || etcd) != (p.Keys != nil):
		return errors.New("control planes and etcd members, and only those, have keys")
	case etcd && *p.Keys != *p.Keys.ForEtcd():
		return errors.New("an etcd member holds no keys but those of etcd's authority")
	case plane && (p.Keys.CAKey == "" || p.Keys.Encryption == ""):
		return errors.New("a control plane needs the authority's key and the encryption at rest")
	case plane && p.KubeadmJoin == "":
		return errors.New("a control plane needs what it joins with, in case the cluster exists already")
	case etcd && p.EtcdKubelet == "":
		return errors.New("an etcd member needs the configuration of its kubelet")
	case p.EtcdSnapshots.Keep < 0 || strings.ContainsAny(p.EtcdSnapshots.Schedule, "\n%"):
		return fmt.Errorf("etcd snapshots %q, keeping %d: not a schedule of systemd, or fewer than none", p.EtcdSnapshots.Schedule, p.EtcdSnapshots.Keep)
	}
	return nil
}

func (v Volume) validate() error {
	if !strings.HasPrefix(v.Device, "/dev/disk/by-id/") {
		return errors.New("the device must be named by /dev/disk/by-id, other names change with a reboot")
	}
	if !strings.HasPrefix(v.Mount, "/var/lib/") || strings.ContainsAny(v.Device+v.Mount, " \t\n") {
		return errors.New("it must be mounted below /var/lib, and neither path may contain blanks")
	}
	return nil
}
