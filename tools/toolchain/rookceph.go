package main

// rookCeph has the charts of Rook, what gives the cluster Ceph's CSI drivers, and
// images of the operator and of Ceph. No module proxy serves programs of the
// drivers or of their operator.
func (p pins) rookCeph() group {
	const (
		module = "github.com/rook/rook"
		charts = "charts.rook.io/release/"
	)
	version := p.release("Rook")
	chart := func(name string) published {
		return published{
			file: charts + name + "-" + version + ".tgz", version: version,
			from: moduleFile{tool: "rook", module: module, path: "deploy/charts/" + name}, top: name + "/",
			inside: []string{"deploy/charts/library"},
		}
	}
	const drivers = "deploy/examples/csi-operator.yaml"
	return group{
		items: []item{{name: "rook", module: "rook-operator", output: "artifacts/bin/rook", packages: []string{module + "/cmd/rook"},
			ldflags: set(module+"/pkg/version.Version", p.module("tools/rook-operator", module))}},
		files: []published{
			chart("rook-ceph"), chart("rook-ceph-cluster"),
			{file: "raw.githubusercontent.com/rook/rook/" + version + "/" + drivers, from: moduleFile{tool: "rook", module: module, path: drivers}},
		},
		images: []imageSpec{
			{Ref: "docker.io/rook/ceph:" + version, On: "ceph", Entrypoint: []string{"/usr/local/bin/rook"}, Files: map[string]string{"/usr/local/bin/rook": "bin/rook"}},
			{Ref: "quay.io/ceph/ceph:" + p.release("Ceph"), On: "ceph"},
		},
	}
}
