package main

import (
	"fmt"
	"strings"
)

// item is something to compile: packages of one module under tools/.
type item struct {
	name     string
	module   string // folder below tools/
	packages []string
	output   string // below the cache; with a trailing slash a folder
	cgo      bool
	tags     string
	ldflags  string
	// overlay maps files of the module's folder to files of a module that it
	// requires.
	overlay map[string]string
	from    string // the module that overlay takes files from
}

// set returns the linker flag that sets a string variable.
func set(variable, value string) string { return " -X " + variable + "=" + value }

// pulumiItems are the CLI, its language host and the provider plugins, in the
// order in which `make up` needs them.
func pulumiItems(p pins) []item {
	cli := p.pulumi()
	items := []item{
		{name: "pulumi", module: "pulumi", output: "toolchain/bin/pulumi",
			packages: []string{"github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
			ldflags:  set("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", cli)},
		{name: "pulumi-language-go", module: "pulumi-language-go", output: "toolchain/bin/pulumi-language-go",
			packages: []string{"."}, ldflags: set("main.version", strings.TrimPrefix(cli, "v"))},
	}
	for _, name := range []string{"openstack", "tls", "command", "kubernetes"} {
		items = append(items, item{
			name: "pulumi-resource-" + name, module: "pulumi-resource-" + name,
			// Not in bin: the CLI warns about plugins that it finds on PATH.
			output:   "toolchain/plugins/pulumi-resource-" + name,
			packages: []string{"."}, ldflags: set("main.version", p.plugin(name)),
		})
	}
	kubernetes := &items[len(items)-1]
	kubernetes.from = "github.com/pulumi/pulumi-kubernetes/provider/v4"
	kubernetes.overlay = map[string]string{
		"schema.json":            "cmd/pulumi-resource-kubernetes/schema.json",
		"terraform-mapping.json": "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
	}
	return items
}

// kubernetesItem is one program of Kubernetes.
func kubernetesItem(p pins, name string) item {
	version := p.module("tools/kubernetes", "k8s.io/kubernetes")
	minor := strings.Split(version, ".")[1]
	flags := ""
	for _, where := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
		flags += set(where+".gitVersion", version) + set(where+".gitMajor", "1") + set(where+".gitMinor", minor) +
			set(where+".gitTreeState", "archive")
	}
	return item{name: name, module: "kubernetes", output: "artifacts/bin/" + name,
		packages: []string{"k8s.io/kubernetes/cmd/" + name}, ldflags: flags}
}

// artifactItems are the programs that nodes and images consist of.
func artifactItems(p pins) []item {
	var items []item
	for _, name := range []string{"kubeadm", "kubectl", "kubelet", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"} {
		items = append(items, kubernetesItem(p, name))
	}
	tool := func(name, module, pkg string) item {
		return item{name: name, module: module, output: "artifacts/bin/" + name, packages: []string{pkg}}
	}
	containerd := set("github.com/containerd/containerd/v2/version.Version", p.module("tools/containerd", "github.com/containerd/containerd/v2"))
	for _, name := range []string{"containerd", "containerd-shim-runc-v2", "ctr"} {
		program := tool(name, "containerd", "github.com/containerd/containerd/v2/cmd/"+name)
		program.ldflags = containerd
		items = append(items, program)
	}
	runc := tool("runc", "runc", "github.com/opencontainers/runc")
	runc.cgo, runc.tags = true, "seccomp netgo osusergo"
	runc.ldflags = ` -linkmode external -extldflags "-static"`
	plugins := p.module("tools/cni-plugins", "github.com/containernetworking/plugins")
	cni := item{name: "cni-plugins", module: "cni-plugins", output: "artifacts/cni/", packages: []string{"tool"},
		ldflags: set("github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion", plugins)}
	flannel := tool("flanneld", "flannel", "github.com/flannel-io/flannel")
	// The udp backend is C; without it flannel's main package does not compile.
	flannel.cgo, flannel.tags = true, "netgo osusergo"
	flannel.ldflags = set("github.com/flannel-io/flannel/pkg/version.Version", p.module("tools/flannel", "github.com/flannel-io/flannel")) +
		` -linkmode external -extldflags "-static"`
	return append(items, runc, cni,
		tool("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
		tool("etcdctl", "etcd", "go.etcd.io/etcd/etcdctl/v3"),
		tool("etcdutl", "etcd", "go.etcd.io/etcd/etcdutl/v3"),
		tool("coredns", "coredns", "github.com/coredns/coredns"),
		flannel,
		cloudProviderItem(p, "openstack-cloud-controller-manager"),
		tool("flannel-cni", "cni-plugin-flannel", "github.com/containernetworking/plugins/plugins/meta/flannel"),
		tool("pause", "pause", "."),
	)
}

// cloudProvider is the module of the programs that talk to OpenStack.
const cloudProvider = "cloud-provider-openstack"

// cloudProviderItem is one program of cloud-provider-openstack.
func cloudProviderItem(p pins, name string) item {
	const module = "k8s.io/cloud-provider-openstack"
	return item{name: name, module: cloudProvider, output: "artifacts/bin/" + name, packages: []string{module + "/cmd/" + name},
		ldflags: set(module+"/pkg/version.Version", p.module("tools/"+cloudProvider, module))}
}

// linterItem is staticcheck.
func linterItem() item {
	return item{name: "staticcheck", module: "staticcheck", output: "toolchain/bin/staticcheck",
		packages: []string{"honnef.co/go/tools/cmd/staticcheck"}}
}

// arguments are those of the go command that compiles the item.
func (i item) arguments(output, overlay string) []string {
	arguments := []string{"build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w" + i.ldflags}
	if i.tags != "" {
		arguments = append(arguments, "-tags", i.tags)
	}
	if overlay != "" {
		arguments = append(arguments, "-overlay", overlay)
	}
	return append(append(arguments, "-o", output), i.packages...)
}

// environment is what decides about the result, whatever the caller has set: it
// keeps Go's build cache valid from run to run.
func (i item) environment() []string {
	cgo := 0
	if i.cgo {
		cgo = 1
	}
	return []string{fmt.Sprintf("CGO_ENABLED=%d", cgo), "GOFLAGS=-mod=readonly", "GOTOOLCHAIN=local", "GOWORK=off"}
}
