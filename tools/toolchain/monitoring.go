package main

// monitoring has what upstream's chart kube-prometheus-stack deploys, and the chart
// with those inside it that are used. Of Grafana it has the chart.
func (p pins) monitoring() group {
	const (
		prometheus = "github.com/prometheus/"
		charts     = "github.com/prometheus-community/helm-charts"
		grafana    = "github.com/grafana-community/helm-charts"
	)
	chart := "kube-prometheus-stack-" + p.release("MonitoringChart")
	g := group{files: []published{{
		file: charts + "/releases/download/" + chart + "/" + chart + ".tgz",
		from: moduleFile{tool: "prometheus", module: charts, path: "charts/kube-prometheus-stack"}, top: "kube-prometheus-stack/",
		inside: []string{"charts/kube-state-metrics", "charts/prometheus-node-exporter"},
	}}}
	chart = "grafana-" + p.release("GrafanaChart")
	g.files = append(g.files, published{
		file: grafana + "/releases/download/" + chart + "/" + chart + ".tgz",
		from: moduleFile{tool: "grafana", module: grafana, path: "charts/grafana"}, top: "grafana/",
	})
	add := func(name, module, source, version, ref, at string) {
		g.items = append(g.items, item{name: name, module: module, output: "artifacts/bin/" + name, packages: []string{source},
			ldflags: set("github.com/prometheus/common/version.Version", version[1:])})
		g.images = append(g.images, imageSpec{Ref: ref, Entrypoint: []string{at}, Files: map[string]string{at: "bin/" + name}})
	}
	const quay, registry = "quay.io/prometheus", "github.com/prometheus-operator/prometheus-operator/cmd/"
	v := p.release("Prometheus")
	add("prometheus", "prometheus", prometheus+"prometheus/cmd/prometheus", v, quay+"/prometheus:"+v+"-distroless", "/bin/prometheus")
	v = p.release("Alertmanager")
	add("alertmanager", "alertmanager", prometheus+"alertmanager/cmd/alertmanager", v, quay+"/alertmanager:"+v, "/bin/alertmanager")
	v = p.release("NodeExporter")
	add("node-exporter", "node-exporter", prometheus+"node_exporter", v, quay+"/node-exporter:"+v, "/bin/node_exporter")
	v = p.release("KubeStateMetrics")
	add("kube-state-metrics", "kube-state-metrics", "k8s.io/kube-state-metrics/v2", v, "registry.k8s.io/kube-state-metrics/kube-state-metrics:"+v, "/kube-state-metrics")
	v = p.release("PrometheusOperator")
	add("prometheus-operator", "prometheus-operator", registry+"operator", v, quay+"-operator/prometheus-operator:"+v, "/bin/operator")
	add("prometheus-config-reloader", "prometheus-operator", registry+"prometheus-config-reloader", v, quay+"-operator/prometheus-config-reloader:"+v, "/bin/prometheus-config-reloader")
	// Of the ways in which Prometheus finds what to ask, clusters need one.
	g.items[0].tags = "remove_all_sd enable_kubernetes_sd"
	return g
}
