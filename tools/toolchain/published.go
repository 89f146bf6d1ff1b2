package main

import (
	"fmt"
	"runtime"
)

// published is a file as upstream publishes it: <host>/<path>, its checksum
// file, and what it is made of when it is compiled here.
type published struct {
	file      string
	checksums string            // empty: upstream publishes none
	binary    string            // one program: its path below artifacts/
	archive   map[string]string // several: name in the archive to path
	from      moduleFile        // no program: what a module contains
	top       string            // from is a folder, to be packed below this one
	release   string            // the same, of one that upstream's release prepares further
	inside    []string          // further folders of the module: charts inside the one that is packed
	version   string            // of the chart, whose Chart.yaml has none yet
}

// moduleFile is a file or folder of a module that a module under tools/ requires.
type moduleFile struct{ tool, module, path string }

// files are the published files that nodes install.
func (p pins) files() []published {
	arch := runtime.GOARCH
	var files []published
	for _, name := range []string{"kubeadm", "kubelet", "kubectl"} {
		file := fmt.Sprintf("dl.k8s.io/%s/bin/linux/%s/%s", p.release("Kubernetes"), arch, name)
		files = append(files, published{file: file, checksums: file + ".sha256", binary: "bin/" + name})
	}
	containerd := fmt.Sprintf("github.com/containerd/containerd/releases/download/v%[1]s/containerd-%[1]s-linux-%[2]s.tar.gz", p.release("Containerd"), arch)
	runc := "github.com/opencontainers/runc/releases/download/" + p.release("Runc")
	cni := fmt.Sprintf("github.com/containernetworking/plugins/releases/download/%[1]s/cni-plugins-linux-%[2]s-%[1]s.tgz", p.release("CNIPlugins"), arch)
	return append(files,
		published{file: containerd, checksums: containerd + ".sha256sum", archive: map[string]string{
			"bin/containerd": "bin/containerd", "bin/containerd-shim-runc-v2": "bin/containerd-shim-runc-v2", "bin/ctr": "bin/ctr"}},
		published{file: runc + "/runc." + arch, checksums: runc + "/runc.sha256sum", binary: "bin/runc"},
		published{file: cni, checksums: cni + ".sha256", archive: map[string]string{"./": "cni"}})
}

// imageSpec is an entry of images.json: an image to assemble from files, on a
// Debian base or on nothing, or a downloaded OCI layout.
type imageSpec struct {
	Ref        string            `json:"ref"`
	Base       bool              `json:"base,omitempty"`
	On         string            `json:"on,omitempty"` // another base than Debian's small one
	Entrypoint []string          `json:"entrypoint,omitempty"`
	Files      map[string]string `json:"files,omitempty"`
	Layout     string            `json:"layout,omitempty"`
	Digest     string            `json:"digest,omitempty"`
}

// images are the images of the local cloud's clusters, as compiled.
func (p pins) images() []imageSpec {
	var images []imageSpec
	add := func(ref string, base bool, entrypoint string, programs map[string]string) {
		spec := imageSpec{Ref: ref, Base: base, Files: programs}
		if entrypoint != "" {
			spec.Entrypoint = []string{entrypoint}
		}
		images = append(images, spec)
	}
	for _, name := range []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"} {
		at := "/usr/local/bin/" + name
		// kube-proxy runs the distribution's iptables and nft.
		add("registry.k8s.io/"+name+":"+p.release("Kubernetes"), name == "kube-proxy", at, map[string]string{at: "bin/" + name})
	}
	add("registry.k8s.io/etcd:"+p.release("Etcd"), false, "/usr/local/bin/etcd", map[string]string{
		"/usr/local/bin/etcd": "bin/etcd", "/usr/local/bin/etcdctl": "bin/etcdctl", "/usr/local/bin/etcdutl": "bin/etcdutl"})
	add("registry.k8s.io/coredns/coredns:"+p.release("CoreDNS"), false, "/coredns", map[string]string{"/coredns": "bin/coredns"})
	add("registry.k8s.io/pause:"+p.release("Pause"), false, "/pause", map[string]string{"/pause": "bin/pause"})
	add("ghcr.io/flannel-io/flannel:"+p.release("Flannel"), true, "/opt/bin/flanneld", map[string]string{"/opt/bin/flanneld": "bin/flanneld"})
	add("ghcr.io/flannel-io/flannel-cni-plugin:"+p.release("FlannelCNIPlugin"), true, "", map[string]string{"/flannel": "bin/flannel-cni"})
	// Upstream's image has no entry point; who runs it names the program.
	add("registry.k8s.io/provider-os/openstack-cloud-controller-manager:"+p.release("CloudProviderOpenStack"), false, "", map[string]string{
		"/bin/openstack-cloud-controller-manager": "bin/openstack-cloud-controller-manager"})
	add(testImage, true, "", nil)
	return images
}

// testImage has a shell, nc and nslookup, for the end-to-end tests' pods.
const testImage = "docker.io/library/busybox:1.37"
