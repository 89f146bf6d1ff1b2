package artifacts

import "slipway/internal/versions"

const quayPrometheus = "quay.io/prometheus/"

// Prometheus collects metrics and judges them.
func Prometheus() Image {
	return Image{quayPrometheus + "prometheus", versions.Prometheus + "-distroless"}
}

// Alertmanager tells people about alerts.
func Alertmanager() Image { return Image{quayPrometheus + "alertmanager", versions.Alertmanager} }

// NodeExporter tells about a node.
func NodeExporter() Image { return Image{quayPrometheus + "node-exporter", versions.NodeExporter} }

// KubeStateMetrics tells about the cluster's objects.
func KubeStateMetrics() Image {
	return Image{"registry.k8s.io/kube-state-metrics/kube-state-metrics", versions.KubeStateMetrics}
}

// PrometheusOperator runs Prometheus and Alertmanager.
func PrometheusOperator() Image {
	return Image{"quay.io/prometheus-operator/prometheus-operator", versions.PrometheusOperator}
}

// PrometheusConfigReloader has them read a changed configuration.
func PrometheusConfigReloader() Image {
	return Image{"quay.io/prometheus-operator/prometheus-config-reloader", versions.PrometheusOperator}
}

// MonitoringImages are all that monitoring runs.
func MonitoringImages() []string {
	var refs []string
	for _, i := range []Image{Prometheus(), Alertmanager(), NodeExporter(), KubeStateMetrics(), PrometheusOperator(), PrometheusConfigReloader()} {
		refs = append(refs, i.String())
	}
	return refs
}

// Grafana shows what Prometheus has collected.
func Grafana() Image { return Image{"docker.io/grafana/grafana", versions.Grafana + "-distroless"} }

// GrafanaSidecar takes dashboards out of ConfigMaps.
func GrafanaSidecar() Image { return Image{"quay.io/kiwigrid/k8s-sidecar", versions.GrafanaSidecar} }

// GrafanaImages are all that Grafana runs.
func GrafanaImages() []string { return []string{Grafana().String(), GrafanaSidecar().String()} }
