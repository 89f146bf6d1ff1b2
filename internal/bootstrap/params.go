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
	// Kubeadm is the configuration that package kubeadm renders. Required, secret.
	Kubeadm string
	// Keys are what only control planes hold. Required for those, else nil.
	Keys *Keys
	// Proxy makes the node hold the API's virtual address in turn. Required for
	// artifacts.Proxy, which is no Kubernetes node and needs nothing else but
	// Node, Role and CACert; else optional.
	Proxy *Proxy
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
}

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
	if (p.Role == artifacts.ControlPlane) != (p.Keys != nil) {
		return fmt.Errorf("node %s: control planes, and only those, have keys", p.Node)
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

func (v Volume) validate() error {
	if !strings.HasPrefix(v.Device, "/dev/disk/by-id/") {
		return errors.New("the device must be named by /dev/disk/by-id, other names change with a reboot")
	}
	if !strings.HasPrefix(v.Mount, "/var/lib/") || strings.ContainsAny(v.Device+v.Mount, " \t\n") {
		return errors.New("it must be mounted below /var/lib, and neither path may contain blanks")
	}
	return nil
}
