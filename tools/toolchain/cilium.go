package main

import "strings"

// cilium has the programs of upstream's images that Slipway's clusters run, the
// sources that the agent compiles on each node, and the chart.
func (p pins) cilium() group {
	const (
		tool     = "cilium"
		upstream = "github.com/cilium/cilium"
		sources  = "cilium/bpf"
	)
	tag := p.release("Cilium")
	version := strings.TrimPrefix(tag, "v")
	of := func(path string) moduleFile { return moduleFile{tool: tool, module: upstream, path: path} }
	agent := imageSpec{Ref: "quay.io/cilium/cilium:" + tag, On: "cilium", Entrypoint: []string{"/usr/bin/cilium-dbg"},
		Files: map[string]string{"/var/lib/cilium/bpf/": sources}}
	g := group{
		files:  []published{{file: "helm.cilium.io/cilium-" + version + ".tgz", from: of("install/kubernetes/cilium"), top: "cilium/"}},
		copies: []copied{{to: sources, from: of("bpf"), without: []string{"tests", "complexity-tests"}}},
	}
	for _, script := range []string{"images/cilium/init-container.sh", "plugins/cilium-cni/install-plugin.sh", "plugins/cilium-cni/cni-uninstall.sh"} {
		name := script[strings.LastIndex(script, "/"):]
		g.copies = append(g.copies, copied{to: "cilium" + name, from: of(script)})
		agent.Files[name] = "cilium" + name
	}
	program := func(name, folder, tags string) string {
		g.items = append(g.items, item{name: name, module: tool, output: "artifacts/bin/" + name, packages: []string{upstream + "/" + folder},
			tags: tags, ldflags: set(upstream+"/pkg/version.ciliumVersion", version)})
		return "bin/" + name
	}
	const static = "osusergo"
	agent.Files["/usr/bin/cilium-agent"] = program("cilium-agent", "daemon", static)
	agent.Files["/usr/bin/cilium-dbg"] = program("cilium-dbg", "cilium-dbg", static)
	agent.Files["/usr/bin/cilium-sysctlfix"] = program("cilium-sysctlfix", "tools/sysctlfix", static)
	agent.Files["/opt/cni/bin/cilium-cni"] = program("cilium-cni", "plugins/cilium-cni", static)
	const operator = "/usr/bin/cilium-operator-generic"
	g.images = []imageSpec{agent, {Ref: "quay.io/cilium/operator-generic:" + tag, Base: true, Entrypoint: []string{operator},
		Files: map[string]string{operator: program("cilium-operator-generic", "operator", static+" ipam_provider_operator")}}}
	return g
}
