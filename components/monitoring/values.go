package monitoring

import (
	"strings"

	"slipway/internal/artifacts"
)

// values is what is set of the chart's values:
// https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.6.1/charts/kube-prometheus-stack/values.yaml
type values struct {
	Name             string             `json:"fullnameOverride"`
	Operator         operatorValues     `json:"prometheusOperator"`
	Prometheus       prometheusValues   `json:"prometheus"`
	Alertmanager     alertmanagerValues `json:"alertmanager"`
	NodeExporter     nodeExporterValues `json:"prometheus-node-exporter"`
	KubeStateMetrics exporterValues     `json:"kube-state-metrics"`
	Kubelet          kubeletValues      `json:"kubelet"`
	Etcd             enabled            `json:"kubeEtcd"`
	Grafana          enabled            `json:"grafana"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

// image has its registry apart, as this chart asks for it.
type image struct {
	Registry   string `json:"registry"`
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
}

type operatorValues struct {
	Image     image     `json:"image"`
	Resources resources `json:"resources"`
	// Webhooks would want a certificate that jobs of the chart make.
	Webhooks enabled        `json:"admissionWebhooks"`
	TLS      enabled        `json:"tls"`
	Reloader exporterValues `json:"prometheusConfigReloader"`
}

type exporterValues struct {
	Image     image     `json:"image"`
	Resources resources `json:"resources"`
}

type nodeExporterValues struct {
	Image     nodeExporterImage `json:"image"`
	Resources resources         `json:"resources"`
}

// nodeExporterImage says what is added to its tag: nothing.
type nodeExporterImage struct {
	image
	Distroless bool `json:"distroless"`
}

type prometheusValues struct {
	Spec prometheusSpec `json:"prometheusSpec"`
}

// prometheusSpec takes everybody's monitors and rules, not only the chart's own.
type prometheusSpec struct {
	Image           image     `json:"image"`
	Resources       resources `json:"resources"`
	Retention       string    `json:"retention"`
	Storage         *storage  `json:"storageSpec,omitempty"`
	OwnRules        bool      `json:"ruleSelectorNilUsesHelmValues"`
	OwnServices     bool      `json:"serviceMonitorSelectorNilUsesHelmValues"`
	OwnPods         bool      `json:"podMonitorSelectorNilUsesHelmValues"`
	OwnProbes       bool      `json:"probeSelectorNilUsesHelmValues"`
	OwnScrapeConfig bool      `json:"scrapeConfigSelectorNilUsesHelmValues"`
}

type storage struct {
	Template claim `json:"volumeClaimTemplate"`
}

type claim struct {
	Spec claimSpec `json:"spec"`
}

type claimSpec struct {
	Class       string    `json:"storageClassName,omitempty"`
	AccessModes []string  `json:"accessModes"`
	Resources   resources `json:"resources"`
}

type alertmanagerValues struct {
	Spec alertmanagerSpec `json:"alertmanagerSpec"`
}

type alertmanagerSpec struct {
	Image     image     `json:"image"`
	Resources resources `json:"resources"`
	// UseExistingSecret and ConfigSecret name Slipway's own configuration: the
	// chart would write it into its objects, where it is no secret.
	UseExistingSecret bool   `json:"useExistingSecret"`
	ConfigSecret      string `json:"configSecret"`
}

type kubeletValues struct {
	Monitor kubeletMonitor `json:"serviceMonitor"`
}

// kubeletMonitor verifies kubelets, whose certificates are the cluster's.
type kubeletMonitor struct {
	InsecureSkipVerify bool `json:"insecureSkipVerify"`
}

func (a *MonitoringArgs) values() values {
	v := values{
		Name: chartName,
		Operator: operatorValues{
			Image: split(artifacts.PrometheusOperator()), Resources: request("10m", "64Mi"),
			Reloader: exporterValues{split(artifacts.PrometheusConfigReloader()), request("5m", "24Mi")},
		},
		Prometheus: prometheusValues{prometheusSpec{
			Image: split(artifacts.Prometheus()), Resources: request("100m", "400Mi"), Retention: a.Retention,
		}},
		Alertmanager: alertmanagerValues{alertmanagerSpec{
			Image: split(artifacts.Alertmanager()), Resources: request("10m", "32Mi"), UseExistingSecret: true, ConfigSecret: secretName,
		}},
		NodeExporter:     nodeExporterValues{nodeExporterImage{image: split(artifacts.NodeExporter())}, request("10m", "24Mi")},
		KubeStateMetrics: exporterValues{split(artifacts.KubeStateMetrics()), request("10m", "48Mi")},
		Etcd:             enabled{!a.DedicatedEtcd},
	}
	if s := a.Storage; s != nil {
		v.Prometheus.Spec.Storage = &storage{claim{claimSpec{s.Class, []string{"ReadWriteOnce"}, resources{map[string]string{"storage": s.Size}}}}}
	}
	return v
}

// request is what a container asks the scheduler for.
func request(cpu, memory string) resources {
	return resources{map[string]string{"cpu": cpu, "memory": memory}}
}

func split(i artifacts.Image) image {
	registry, repository, _ := strings.Cut(i.Repository, "/")
	return image{registry, repository, i.Tag}
}
