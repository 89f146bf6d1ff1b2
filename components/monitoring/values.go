package monitoring

import (
	"slipway/internal/artifacts"
	"slipway/internal/charts"
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
	Grafana          grafanaValues      `json:"grafana"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

// grafanaValues leave Grafana itself to the component of that name: the chart has
// dashboards for it all the same.
type grafanaValues struct {
	enabled
	Dashboards bool `json:"forceDeployDashboards"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
}

type operatorValues struct {
	Image     charts.ImageValues `json:"image"`
	Resources resources          `json:"resources"`
	// Webhooks would want a certificate that jobs of the chart make.
	Webhooks enabled        `json:"admissionWebhooks"`
	TLS      enabled        `json:"tls"`
	Reloader exporterValues `json:"prometheusConfigReloader"`
}

type exporterValues struct {
	Image     charts.ImageValues `json:"image"`
	Resources resources          `json:"resources"`
}

type nodeExporterValues struct {
	Image      nodeExporterImage      `json:"image"`
	Resources  resources              `json:"resources"`
	Args       []string               `json:"extraArgs"`
	Prometheus nodeExporterPrometheus `json:"prometheus"`
}

type nodeExporterPrometheus struct {
	Monitor nodeExporterMonitor `json:"monitor"`
}

type nodeExporterMonitor struct {
	Metrics []relabeling `json:"metricRelabelings"`
}

// relabeling changes or drops what was collected:
// https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.RelabelConfig
type relabeling struct {
	Sources []string `json:"sourceLabels"`
	Regex   string   `json:"regex"`
	Action  string   `json:"action"`
}

// nodeExporterArgs are the chart's own, which a list of ours takes the place of, and
// one that has nodes tell which addresses they hold.
var nodeExporterArgs = []string{
	`--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/containerd/.+|var/lib/docker/.+|var/lib/kubelet/.+)($|/)`,
	`--collector.filesystem.fs-types-exclude=^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs|erofs)$`,
	"--collector.netdev.address-info",
}

// withoutLinks leaves out the address that each pod's end of its network has.
var withoutLinks = relabeling{[]string{"__name__", "scope"}, "node_network_address_info;link-local", "drop"}

// nodeExporterImage says what is added to its tag: nothing.
type nodeExporterImage struct {
	charts.ImageValues
	Distroless bool `json:"distroless"`
}

type prometheusValues struct {
	Spec prometheusSpec `json:"prometheusSpec"`
}

// prometheusSpec takes everybody's monitors and rules, not only the chart's own.
type prometheusSpec struct {
	Image           charts.ImageValues `json:"image"`
	Resources       resources          `json:"resources"`
	Retention       string             `json:"retention"`
	Storage         *storage           `json:"storageSpec,omitempty"`
	OwnRules        bool               `json:"ruleSelectorNilUsesHelmValues"`
	OwnServices     bool               `json:"serviceMonitorSelectorNilUsesHelmValues"`
	OwnPods         bool               `json:"podMonitorSelectorNilUsesHelmValues"`
	OwnProbes       bool               `json:"probeSelectorNilUsesHelmValues"`
	OwnScrapeConfig bool               `json:"scrapeConfigSelectorNilUsesHelmValues"`
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
	Image     charts.ImageValues `json:"image"`
	Resources resources          `json:"resources"`
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
			Image: charts.ImageOf(artifacts.PrometheusOperator()), Resources: request("10m", "64Mi"),
			Reloader: exporterValues{charts.ImageOf(artifacts.PrometheusConfigReloader()), request("5m", "24Mi")},
		},
		Prometheus: prometheusValues{prometheusSpec{
			Image: charts.ImageOf(artifacts.Prometheus()), Resources: request("100m", "400Mi"), Retention: a.Retention,
		}},
		Alertmanager: alertmanagerValues{alertmanagerSpec{
			Image: charts.ImageOf(artifacts.Alertmanager()), Resources: request("10m", "32Mi"), UseExistingSecret: true, ConfigSecret: secretName,
		}},
		NodeExporter:     a.nodeExporter(),
		KubeStateMetrics: exporterValues{charts.ImageOf(artifacts.KubeStateMetrics()), request("10m", "48Mi")},
		Etcd:             enabled{len(a.Etcd) == 0},
		Grafana:          grafanaValues{Dashboards: a.Dashboards},
	}
	if s := a.Storage; s != nil {
		v.Prometheus.Spec.Storage = &storage{claim{claimSpec{s.Class, []string{"ReadWriteOnce"}, resources{map[string]string{"storage": s.Size}}}}}
	}
	return v
}

func (a *MonitoringArgs) nodeExporter() nodeExporterValues {
	return nodeExporterValues{
		nodeExporterImage{ImageValues: charts.ImageOf(artifacts.NodeExporter())}, request("10m", "24Mi"),
		nodeExporterArgs, nodeExporterPrometheus{nodeExporterMonitor{[]relabeling{withoutLinks}}},
	}
}

// request is what a container asks the scheduler for.
func request(cpu, memory string) resources {
	return resources{map[string]string{"cpu": cpu, "memory": memory}}
}
