package loki

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"text/template"

	"slipway/internal/charts"
)

// URL is Loki's in the cluster.
const URL = "http://" + chartName + "." + namespace + ":3100"

const (
	// chartName begins the names of what the chart makes.
	chartName = "loki"
	namespace = "loki"
	appName   = "alloy"
	roleName  = "logging-alloy"
	// logs is where nodes keep what is written on them.
	logs = "/var/log"
)

//go:embed alloy.config.tmpl
var collectorText string

var collectorTemplate = template.Must(template.New("alloy.config").Option("missingkey=error").Parse(collectorText))

// collector is what Alloy's configuration is made of.
type collector struct{ Loki, Logs string }

// config is Alloy's configuration:
// https://grafana.com/docs/alloy/v1.18/reference/components/
func (c collector) config() (string, error) {
	var text strings.Builder
	if err := collectorTemplate.Execute(&text, c); err != nil {
		return "", fmt.Errorf("rendering the configuration: %w", err)
	}
	return text.String(), nil
}

// digest changes with a configuration.
func digest(config string) string {
	sum := sha256.Sum256([]byte(config))
	return hex.EncodeToString(sum[:])
}

// objects are Loki's.
func (a *LokiArgs) objects() ([]charts.Object, error) {
	objects, err := a.Sources.chart.Render(charts.Release{
		Name: chartName, Namespace: namespace, Kubernetes: a.Kubernetes, Values: a.values(),
	})
	if err != nil {
		return nil, err
	}
	if a.Monitored && !a.ExternalCollector {
		objects = append(objects, monitor())
	}
	return objects, nil
}

// monitor has Prometheus ask each Alloy.
func monitor() charts.Object {
	return charts.Object{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor",
		"metadata": map[string]any{"name": appName, "namespace": namespace},
		"spec": map[string]any{
			"selector":            map[string]any{"matchLabels": map[string]any{"app": appName}},
			"podMetricsEndpoints": []any{map[string]any{"port": "http"}},
		},
	}
}

// podSecurity is what the namespace admits: who reads logs sees folders of its node.
func (a *LokiArgs) podSecurity() string {
	if a.ExternalCollector {
		return "restricted"
	}
	return "privileged"
}
