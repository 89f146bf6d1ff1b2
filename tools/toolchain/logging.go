package main

// logging has Loki, and the operator of Elastic's stack, with the charts of both. No
// module has Alloy, nor a program of that stack.
func (p pins) logging() group {
	const (
		charts = "github.com/grafana-community/helm-charts"
		loki   = "github.com/grafana/loki/v3/"
		eck    = "github.com/elastic/cloud-on-k8s/v3"
	)
	version, operator := p.release("Loki"), p.release("ECK")
	chart, operatorChart := "loki-"+p.release("LokiChart"), "eck-operator-"+operator
	return group{
		items: []item{
			{name: "loki", module: "loki", output: "artifacts/bin/loki", packages: []string{loki + "cmd/loki"},
				ldflags: set(loki+"pkg/util/build.Version", version)},
			{name: "elastic-operator", module: "eck", output: "artifacts/bin/elastic-operator", packages: []string{eck + "/cmd"},
				ldflags: set(eck+"/pkg/about.version", operator)},
		},
		files: []published{
			{file: charts + "/releases/download/" + chart + "/" + chart + ".tgz",
				from: moduleFile{tool: "loki", module: charts, path: "charts/loki"}, top: "loki/"},
			{file: "helm.elastic.co/helm/eck-operator/" + operatorChart + ".tgz",
				from: moduleFile{tool: "eck", module: eck, path: "deploy/eck-operator"}, top: "eck-operator/"},
		},
		images: []imageSpec{
			{Ref: "docker.io/grafana/loki:" + version, Entrypoint: []string{"/usr/bin/loki"}, Files: map[string]string{"/usr/bin/loki": "bin/loki"}},
			{Ref: "docker.elastic.co/eck/eck-operator:" + operator, Entrypoint: []string{"/elastic-operator"},
				Files: map[string]string{"/elastic-operator": "bin/elastic-operator"}},
		},
	}
}
