package monitoring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"slipway/internal/charts"
)

// Namespace is that of everything here; Prometheus and Alertmanager are the URLs of
// these in the cluster.
const (
	Namespace    = "monitoring"
	Prometheus   = "http://" + chartName + "-prometheus." + Namespace + ":9090"
	Alertmanager = "http://" + chartName + "-alertmanager." + Namespace + ":9093"
)

const (
	// chartName begins the names of what the chart makes.
	chartName  = "monitoring"
	secretName = "alertmanager-configuration"
)

// ready is what has to be available, as the operator says it.
var ready = []string{"prometheus/" + chartName + "-prometheus", "alertmanager/" + chartName + "-alertmanager"}

// nobody is a configuration of Alertmanager that tells nobody.
const nobody = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"

// objects are everything that is installed but Alertmanager's configuration.
func (a *MonitoringArgs) objects() ([]charts.Object, error) {
	objects, err := a.Sources.chart.Render(charts.Release{
		Name: chartName, Namespace: Namespace, Kubernetes: a.Kubernetes, Values: a.values(),
	})
	if err != nil {
		return nil, err
	}
	if a.ProxyPort != 0 {
		objects = append(objects, proxies(a.ProxyPort), rules(a.VirtualAddress))
	}
	return objects, nil
}

// digest changes with what is installed.
func (a *MonitoringArgs) digest() string {
	text, _ := json.Marshal(a.values()) // strings, numbers and booleans only
	sum := sha256.Sum256(append(text, byte(a.ProxyPort>>8), byte(a.ProxyPort)))
	return hex.EncodeToString(sum[:8])
}

// proxies has the HAProxy of each control plane asked.
func proxies(port int) charts.Object {
	return custom("v1alpha1", "ScrapeConfig", "haproxy", map[string]any{
		"jobName": "haproxy",
		"kubernetesSDConfigs": []any{map[string]any{
			"role":      "Node",
			"selectors": []any{map[string]any{"role": "Node", "label": "node-role.kubernetes.io/control-plane"}},
		}},
		"relabelings": []any{
			map[string]any{"sourceLabels": []any{"__meta_kubernetes_node_address_InternalIP"}, "targetLabel": "__address__", "replacement": fmt.Sprintf("$1:%d", port)},
			map[string]any{"sourceLabels": []any{"__meta_kubernetes_node_name"}, "targetLabel": "node"},
			map[string]any{"targetLabel": "job", "replacement": "haproxy"},
		},
	})
}

func custom(version, kind, name string, spec map[string]any) charts.Object {
	return charts.Object{
		"apiVersion": "monitoring.coreos.com/" + version, "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": Namespace}, "spec": spec,
	}
}
