// Package artifacts knows which files and images a node needs and where they
// come from: upstream, or a mirror. It installs nothing.
package artifacts

import (
	"fmt"
	"path"
	"strings"

	"slipway/internal/versions"
)

// Kind is how a file is installed.
type Kind string

// The kinds of file.
const (
	// Binary is copied to Dest and made executable.
	Binary Kind = "binary"
	// Archive is a gzipped tar whose contents go below Dest.
	Archive Kind = "archive"
)

// File is one file that upstream publishes.
type File struct {
	// Key is the upstream URL without its scheme: <host>/<path>.
	Key string
	// ChecksumKey is the key of the published SHA-256, bare or in sha256sum's format.
	ChecksumKey string
	// Kind and Dest say how and where to install it.
	Kind Kind
	Dest string
}

// Role is what a node does in the cluster.
type Role string

// The roles of nodes.
const (
	ControlPlane Role = "control-plane"
	Worker       Role = "worker"
	// Etcd is a dedicated etcd member: no node of the cluster.
	Etcd Role = "etcd"
	// Proxy holds the API's virtual address and is no Kubernetes node.
	Proxy Role = "proxy"
)

// CNI is a pod network.
type CNI string

// The pod networks.
const (
	Flannel CNI = "flannel"
	// NeutronRoutes has flannel's daemon set nodes up, too, but carry nothing.
	NeutronRoutes CNI = "neutron-routes"
	Cilium        CNI = "cilium"
	Calico        CNI = "calico"
)

// Where node software lives, on every operating system: /usr is read-only on some
// (docs/adr/0012). kubeadm and containerd look for plugins in CNIDir.
const (
	BinDir = "/opt/bin"
	CNIDir = "/opt/cni/bin"
)

// Files lists the files that a node of any role needs of a release, for a
// machine architecture such as amd64.
func Files(kubernetes, arch string) []File { return FilesOf(ControlPlane, kubernetes, arch) }

// FilesOf is Files for one role.
func FilesOf(role Role, kubernetes, arch string) []File {
	var files []File
	for _, name := range []string{"kubeadm", "kubelet", "kubectl"} {
		if name == "kubectl" && role == Etcd {
			continue // it has no API to talk to
		}
		key := fmt.Sprintf("dl.k8s.io/%s/bin/linux/%s/%s", kubernetes, arch, name)
		files = append(files, File{Key: key, ChecksumKey: key + ".sha256", Kind: Binary, Dest: BinDir + "/" + name})
	}
	containerd := fmt.Sprintf("github.com/containerd/containerd/releases/download/v%[1]s/containerd-%[1]s-linux-%[2]s.tar.gz",
		versions.Containerd, arch)
	runc := "github.com/opencontainers/runc/releases/download/" + versions.Runc
	cni := fmt.Sprintf("github.com/containernetworking/plugins/releases/download/%[1]s/cni-plugins-linux-%[2]s-%[1]s.tgz",
		versions.CNIPlugins, arch)
	files = append(files,
		File{Key: containerd, ChecksumKey: containerd + ".sha256sum", Kind: Archive, Dest: path.Dir(BinDir)}, // it holds bin/
		File{Key: runc + "/runc." + arch, ChecksumKey: runc + "/runc.sha256sum", Kind: Binary, Dest: BinDir + "/runc"},
	)
	if role == Etcd {
		return files // nothing there has a network of its own
	}
	return append(files, File{Key: cni, ChecksumKey: cni + ".sha256", Kind: Archive, Dest: CNIDir})
}

// Images lists the images that a node of a role runs before any workload.
func Images(kubernetes string, cni CNI, role Role) []string {
	if role == Etcd {
		return []string{Pause(), EtcdImage()}
	}
	images := []string{Pause(), "registry.k8s.io/kube-proxy:" + kubernetes}
	switch cni {
	case Flannel, NeutronRoutes:
		images = append(images, FlannelImage(), FlannelPluginImage())
	case Cilium: // the operator lands anywhere
		images = append(images, CiliumAgent().String(), CiliumOperator().String())
	case Calico: // the controllers land anywhere
		images = append(images, CalicoNode().String(), CalicoCNI().String(), CalicoControllers().String())
	}
	if role == ControlPlane {
		for _, name := range []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler"} {
			images = append(images, "registry.k8s.io/"+name+":"+kubernetes)
		}
		images = append(images, EtcdImage())
	}
	// CoreDNS lands on whichever node is Ready first.
	return append(images, "registry.k8s.io/coredns/coredns:"+versions.CoreDNS)
}

// Pause is the image of pod sandboxes.
func Pause() string { return "registry.k8s.io/pause:" + versions.Pause }

// EtcdImage is etcd, with etcdctl and etcdutl.
func EtcdImage() string { return "registry.k8s.io/etcd:" + versions.Etcd }

// CloudControllerImage is OpenStack's cloud controller manager.
func CloudControllerImage() string {
	return "registry.k8s.io/provider-os/openstack-cloud-controller-manager:" + versions.CloudProviderOpenStack
}

// KeystoneAuthImage is Open Policy Agent, which answers for Keystone's tokens.
func KeystoneAuthImage() string {
	return "docker.io/openpolicyagent/opa:" + strings.TrimPrefix(versions.OPA, "v") + "-static"
}

// FlannelImage is flannel's daemon.
func FlannelImage() string { return "ghcr.io/flannel-io/flannel:" + versions.Flannel }

// FlannelPluginImage carries flannel's CNI plugin.
func FlannelPluginImage() string {
	return "ghcr.io/flannel-io/flannel-cni-plugin:" + versions.FlannelCNIPlugin
}
