package main

// calico has the programs of upstream's images that Slipway's clusters run. They are
// older than the release under whose name the local cloud has them: see tools/README.md.
func (p pins) calico() group {
	const (
		tool     = "calico"
		upstream = "github.com/projectcalico/calico"
		built    = "v3.31.0" // the release that tools/calico requires, of which the module has no tag
	)
	tag := p.release("Calico")
	of := func(path string) moduleFile { return moduleFile{tool: tool, module: upstream, path: path} }
	g := group{copies: []copied{
		{to: "calico/etc", from: of("node/filesystem/etc")},
		{to: "calico/sbin", from: of("node/filesystem/sbin")},
	}}
	program := func(name, folder string) string {
		g.items = append(g.items, item{name: name, module: tool, output: "artifacts/bin/" + name,
			packages: []string{upstream + "/" + folder}, ldflags: set(upstream+"/pkg/buildinfo.Version", built)})
		return "bin/" + name
	}
	plugin := program("calico", "cni-plugin/cmd/calico")
	const (
		wrapper     = "/usr/bin/wrapper"
		controllers = "/usr/bin/kube-controllers"
	)
	// Upstream's image sets the first. Without the second Felix, which is compiled without
	// cgo, panics when it looks for what eBPF left on the node.
	start := []string{"/usr/bin/env", "SVDIR=/etc/service/enabled", "FELIX_DebugSkipCTLBCleanup=true", "/usr/sbin/start_runit"}
	g.images = []imageSpec{
		// Nothing goes to /bin and /sbin, which are links in the base.
		{Ref: "quay.io/calico/node:" + tag, On: "calico", Entrypoint: start, Files: map[string]string{
			"/etc/": "calico/etc", "/usr/sbin/": "calico/sbin",
			"/usr/bin/calico-node": program("calico-node", "node/cmd/calico-node")}},
		{Ref: "quay.io/calico/cni:" + tag, Base: true, Entrypoint: []string{"/opt/cni/bin/install"}, Files: map[string]string{
			// One program, which does what its name says.
			"/opt/cni/bin/calico": plugin, "/opt/cni/bin/calico-ipam": plugin,
			"/opt/cni/bin/install": program("calico-install", "cni-plugin/cmd/install")}},
		{Ref: "quay.io/calico/kube-controllers:" + tag, Base: true, Entrypoint: []string{wrapper, controllers}, Files: map[string]string{
			wrapper:                 program("calico-wrapper", "kube-controllers/cmd/wrapper"),
			controllers:             program("calico-kube-controllers", "kube-controllers/cmd/kube-controllers"),
			"/usr/bin/check-status": program("calico-check-status", "kube-controllers/cmd/check-status")}},
	}
	return g
}
