package monitoring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

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
	// etcdPort is where etcd tells about itself, without TLS.
	etcdPort = 2381
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
	if len(a.Etcd) > 0 {
		objects = append(objects, asked("kube-etcd", etcdPort, a.Etcd))
	}
	if a.ProxyPort != 0 {
		objects = append(objects, a.proxies(), rules(a.held()))
	}
	return objects, nil
}

// digest changes with what is installed.
func (a *MonitoringArgs) digest() string {
	text, _ := json.Marshal(a.values()) // strings, numbers and booleans only
	sum := sha256.Sum256(append(text, byte(a.ProxyPort>>8), byte(a.ProxyPort)))
	return hex.EncodeToString(sum[:8])
}

// proxies has HAProxy asked, wherever it runs.
func (a *MonitoringArgs) proxies() charts.Object {
	if len(a.Proxies) > 0 {
		return asked("haproxy", a.ProxyPort, a.Proxies)
	}
	return custom("v1alpha1", "ScrapeConfig", "haproxy", map[string]any{
		"jobName": "haproxy",
		"kubernetesSDConfigs": []any{map[string]any{
			"role":      "Node",
			"selectors": []any{map[string]any{"role": "Node", "label": "node-role.kubernetes.io/control-plane"}},
		}},
		"relabelings": []any{
			map[string]any{"sourceLabels": []any{"__meta_kubernetes_node_address_InternalIP"}, "targetLabel": "__address__", "replacement": fmt.Sprintf("$1:%d", a.ProxyPort)},
			map[string]any{"sourceLabels": []any{"__meta_kubernetes_node_name"}, "targetLabel": "node"},
			jobNamed("haproxy"),
		},
	})
}

// held is the address that nodes hold, nil if it is other machines that do.
func (a *MonitoringArgs) held() pulumi.StringInput {
	if len(a.Proxies) > 0 {
		return nil
	}
	return a.VirtualAddress
}

// asked has machines asked that are no nodes, at their addresses.
func asked(job string, port int, machines map[string]pulumi.StringInput) charts.Object {
	var targets []any
	for _, name := range slices.Sorted(maps.Keys(machines)) {
		targets = append(targets, map[string]any{
			"targets": []any{pulumi.Sprintf("%s:%d", machines[name], port)}, "labels": map[string]any{"node": name},
		})
	}
	return custom("v1alpha1", "ScrapeConfig", job, map[string]any{
		"jobName": job, "staticConfigs": targets, "relabelings": []any{jobNamed(job)},
	})
}

// jobNamed takes the operator's prefix off the name of a job, by which rules go.
func jobNamed(job string) map[string]any {
	return map[string]any{"targetLabel": "job", "replacement": job}
}

func custom(version, kind, name string, spec map[string]any) charts.Object {
	return charts.Object{
		"apiVersion": "monitoring.coreos.com/" + version, "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": Namespace}, "spec": spec,
	}
}
