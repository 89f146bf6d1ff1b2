package main

// metalLB has what upstream's chart of MetalLB deploys without BGP, and the
// chart, whose archive upstream publishes with each release.
func (p pins) metalLB() group {
	const module = "go.universe.tf/metallb"
	chart := "metallb-" + p.release("MetalLBChart")
	g := group{files: []published{{
		file: "github.com/metallb/metallb/releases/download/metallb-chart-" + p.release("MetalLBChart") + "/" + chart + ".tgz",
		from: moduleFile{tool: "metallb", module: module, path: "charts/metallb"}, top: "metallb/",
	}}}
	for _, name := range []string{"controller", "speaker"} {
		g.items = append(g.items, item{name: "metallb-" + name, module: "metallb", output: "artifacts/bin/metallb-" + name,
			packages: []string{module + "/" + name}})
		g.images = append(g.images, imageSpec{Ref: "quay.io/metallb/" + name + ":" + p.release("MetalLB"),
			Entrypoint: []string{"/" + name}, Files: map[string]string{"/" + name: "bin/metallb-" + name}})
	}
	return g
}
