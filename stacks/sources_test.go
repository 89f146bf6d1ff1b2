package stacks

import (
	"context"
	"errors"
	"strings"
	"testing"

	"slipway/components/certmanager"
	"slipway/components/cilium"
	"slipway/components/cindercsi"
	"slipway/components/elastic"
	"slipway/components/grafana"
	"slipway/components/ingress"
	"slipway/components/loki"
	"slipway/components/metallb"
	"slipway/components/monitoring"
	"slipway/components/rookceph"
	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/charts/charttest"
)

// stand puts something in a variable's place until the test ends.
func stand[T any](t *testing.T, variable *T, in T) {
	before := *variable
	t.Cleanup(func() { *variable = before })
	*variable = in
}

// haveSources stands in for charts, which tests cannot fetch: each has one
// workload.
func haveSources(t *testing.T) {
	stand(t, &getCilium, func(context.Context, artifacts.Source, string) (*cilium.Sources, error) {
		return cilium.NewSources(oneWorkload(t, "cilium", "DaemonSet", "cilium")), nil
	})
	stand(t, &getCinderCSI, func(context.Context, artifacts.Source, string) (*cindercsi.Sources, error) {
		return cindercsi.NewSources(oneWorkload(t, "openstack-cinder-csi", "DaemonSet", "openstack-cinder-csi-nodeplugin"), nil), nil
	})
	stand(t, &getMonitor, func(context.Context, artifacts.Source, string) (*monitoring.Sources, error) {
		return monitoring.NewSources(oneWorkload(t, "kube-prometheus-stack", "Deployment", "monitoring-operator")), nil
	})
	stand(t, &getGrafana, func(context.Context, artifacts.Source, string) (*grafana.Sources, error) {
		return grafana.NewSources(oneWorkload(t, "grafana", "Deployment", "grafana")), nil
	})
	stand(t, &getLoki, func(context.Context, artifacts.Source, string) (*loki.Sources, error) {
		return loki.NewSources(oneWorkload(t, "loki", "StatefulSet", "loki")), nil
	})
	stand(t, &getECK, func(context.Context, artifacts.Source, string) (*elastic.Sources, error) {
		return elastic.NewSources(oneWorkload(t, "eck-operator", "StatefulSet", "elastic-operator")), nil
	})
	stand(t, &getMetalLB, func(context.Context, artifacts.Source, string) (*metallb.Sources, error) {
		return metallb.NewSources(oneWorkload(t, "metallb", "Deployment", "metallb-controller")), nil
	})
	stand(t, &getCerts, func(context.Context, artifacts.Source, string) (*certmanager.Sources, error) {
		return certmanager.NewSources(oneWorkload(t, "cert-manager", "Deployment", "cert-manager")), nil
	})
	stand(t, &getIngress, func(context.Context, artifacts.Source, string) (*ingress.Sources, error) {
		return ingress.NewSources(charttest.Chart(t, "traefik", map[string]string{
			"templates/all.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: traefik}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: traefik}\n",
		}), nil), nil
	})
	stand(t, &getRookCeph, func(context.Context, artifacts.Source, string) (*rookceph.Sources, error) {
		return rookceph.NewSources(oneWorkload(t, "rook-ceph", "Deployment", "rook-ceph-operator"), charttest.Chart(t, "rook-ceph-cluster", map[string]string{
			"templates/cluster.yaml": "apiVersion: ceph.rook.io/v1\nkind: CephCluster\nmetadata: {name: rook-ceph}\nspec: {storage: {useAllNodes: false}}\n",
		}), nil), nil
	})
}

// oneWorkload is a chart with nothing else.
func oneWorkload(t *testing.T, chart, kind, name string) *charts.Chart {
	return charttest.Chart(t, chart, map[string]string{
		"templates/workload.yaml": "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\n",
	})
}

// What cannot be had is said before anything is made.
func TestChartsThatCannotBeHad(t *testing.T) {
	before := getCinderCSI
	t.Cleanup(func() { getCinderCSI = before })
	getCinderCSI = func(context.Context, artifacts.Source, string) (*cindercsi.Sources, error) {
		return nil, errors.New("chart some 1.2.3: getting https://charts.test: no route to host")
	}
	settings := shipped(t, "dev")
	settings["slipway:cinderCSI"] = `{"enabled": true, "ignoreZones": true}`
	recorded, err := run(t, "dev", settings)
	if err == nil || !strings.Contains(err.Error(), "slipway:cinderCSI: chart some 1.2.3: getting https://charts.test: no route to host") {
		t.Errorf("the error is %v", err)
	}
	if n := len(recorded.ByType("openstack:networking/network:Network")); n != 0 {
		t.Errorf("%d networks were registered", n)
	}
}
