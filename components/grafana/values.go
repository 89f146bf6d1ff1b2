package grafana

import (
	"slipway/internal/artifacts"
	"slipway/internal/charts"
)

// values is what is set of the chart's values:
// https://github.com/grafana-community/helm-charts/blob/grafana-13.0.1/charts/grafana/values.yaml
type values struct {
	Name           string             `json:"fullnameOverride"`
	Image          charts.ImageValues `json:"image"`
	Resources      resources          `json:"resources"`
	Env            map[string]string  `json:"env"`
	Secrets        []secretMount      `json:"extraSecretMounts"`
	Settings       settings           `json:"grafana.ini"`
	DataSources    dataSourceFiles    `json:"datasources"`
	RBAC           rbac               `json:"rbac"`
	Sidecar        sidecar            `json:"sidecar"`
	ServiceMonitor enabled            `json:"serviceMonitor"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
}

type secretMount struct {
	Name     string `json:"name"`
	Secret   string `json:"secretName"`
	Path     string `json:"mountPath"`
	ReadOnly bool   `json:"readOnly"`
	Mode     int    `json:"defaultMode"`
}

// settings keep it from asking servers of its makers, and from fetching plugins.
type settings struct {
	Analytics analytics `json:"analytics"`
	Plugins   plugins   `json:"plugins"`
}

type analytics struct {
	Reporting       bool `json:"reporting_enabled"`
	CheckForUpdates bool `json:"check_for_updates"`
	CheckForPlugins bool `json:"check_for_plugin_updates"`
}

type plugins struct {
	PreinstallDisabled bool `json:"preinstall_disabled"`
	AdminEnabled       bool `json:"plugin_admin_enabled"`
}

type dataSourceFiles struct {
	File dataSources `json:"datasources.yaml"`
}

type dataSources struct {
	APIVersion int          `json:"apiVersion"`
	Sources    []dataSource `json:"datasources"`
}

// dataSource is one that is set up already:
// https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
type dataSource struct {
	Name    string         `json:"name"`
	Type    string         `json:"type"`
	UID     string         `json:"uid"`
	URL     string         `json:"url"`
	Access  string         `json:"access"`
	Default bool           `json:"isDefault"`
	More    dataSourceMore `json:"jsonData"`
}

type dataSourceMore struct {
	Method         string `json:"httpMethod,omitempty"`
	TimeInterval   string `json:"timeInterval,omitempty"`
	Implementation string `json:"implementation,omitempty"`
}

type rbac struct {
	// ClusterRole is our own: the chart's would read every Secret of the cluster.
	ClusterRole string `json:"useExistingClusterRole"`
}

type sidecar struct {
	Image      charts.ImageValues `json:"image"`
	Resources  resources          `json:"resources"`
	Dashboards dashboards         `json:"dashboards"`
}

// dashboards has ConfigMaps of all namespaces with the usual label taken up.
// Grafana looks into their folder by itself, without being told to.
type dashboards struct {
	enabled
	Label      string `json:"label"`
	LabelValue string `json:"labelValue"`
	Namespaces string `json:"searchNamespace"`
	Resource   string `json:"resource"`
	SkipReload bool   `json:"skipReload"`
}

func (a *GrafanaArgs) values() values {
	return values{
		Name: chartName, Image: charts.ImageOf(artifacts.Grafana()), Resources: request("50m", "160Mi"),
		Env:            map[string]string{"GF_SECURITY_ADMIN_USER": "admin", "GF_SECURITY_ADMIN_PASSWORD": "$__file{" + secretPath + "/" + passwordKey + "}"},
		Secrets:        []secretMount{{"admin", secretName, secretPath, true, 0o440}},
		Settings:       settings{Plugins: plugins{PreinstallDisabled: true}},
		DataSources:    dataSourceFiles{dataSources{1, a.dataSources()}},
		RBAC:           rbac{roleName},
		ServiceMonitor: enabled{true},
		Sidecar: sidecar{charts.ImageOf(artifacts.GrafanaSidecar()), request("10m", "80Mi"), dashboards{
			enabled{true}, dashboardLabel, "1", "ALL", "configmap", true,
		}},
	}
}

func (a *GrafanaArgs) dataSources() []dataSource {
	sources := []dataSource{
		// The dashboards of kube-prometheus-stack ask for these names.
		{"Prometheus", "prometheus", prometheusUID, a.Prometheus, "proxy", true, dataSourceMore{Method: "POST", TimeInterval: "30s"}},
		{"Alertmanager", "alertmanager", "alertmanager", a.Alertmanager, "proxy", false, dataSourceMore{Implementation: "prometheus"}},
	}
	if a.Loki != "" {
		sources = append(sources, dataSource{"Loki", "loki", "loki", a.Loki, "proxy", false, dataSourceMore{}})
	}
	return sources
}

// request is what a container asks the scheduler for.
func request(cpu, memory string) resources {
	return resources{map[string]string{"cpu": cpu, "memory": memory}}
}
