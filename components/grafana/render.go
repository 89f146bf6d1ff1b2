package grafana

import (
	"slipway/internal/charts"
)

const (
	// chartName begins the names of what the chart makes.
	chartName   = "grafana"
	secretName  = "grafana-admin"
	passwordKey = "password"
	secretPath  = "/etc/grafana-admin"
	roleName    = "grafana-dashboards"
	// dashboardLabel marks ConfigMaps with dashboards, here as in most charts.
	dashboardLabel = "grafana_dashboard"
	prometheusUID  = "prometheus"
)

// objects are everything that is installed but the password.
func (a *GrafanaArgs) objects() ([]charts.Object, error) {
	objects, err := a.Sources.chart.Render(charts.Release{
		Name: chartName, Namespace: a.Namespace, Kubernetes: a.Kubernetes, Values: a.values(),
	})
	if err != nil {
		return nil, err
	}
	objects = append(objects, role())
	for _, d := range a.dashboards() {
		shown, err := d.object(a.Namespace)
		if err != nil {
			return nil, err
		}
		objects = append(objects, shown)
	}
	return objects, nil
}

// role reads dashboards in all namespaces, and no Secret.
func role() charts.Object {
	return charts.Object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
		"metadata": map[string]any{"name": roleName},
		"rules": []any{map[string]any{
			"apiGroups": []any{""}, "resources": []any{"configmaps"}, "verbs": []any{"get", "list", "watch"},
		}},
	}
}
