package ingress

import (
	"slices"
	"strings"

	"slipway/internal/charts"
)

const (
	// Namespace is Traefik's own, and the Gateway's.
	Namespace = "traefik"
	// GatewayName is the Gateway's.
	GatewayName = "slipway"
)

// objects are everything that is installed.
func (a *IngressArgs) objects() ([]charts.Object, error) {
	objects, err := a.Sources.chart.Render(charts.Release{
		Name: "traefik", Namespace: Namespace, Kubernetes: a.Kubernetes, Values: a.values(),
	})
	if err != nil {
		return nil, err
	}
	objects = slices.DeleteFunc(objects, ofHub)
	return slices.Concat([]charts.Object{space()}, a.Sources.definitions, objects), nil
}

// ofHub says whether a kind is for Traefik's commercial product, which does not run.
func ofHub(o charts.Object) bool {
	return o.IsDefinition() && strings.HasSuffix(o.Name(), ".hub.traefik.io")
}

func space() charts.Object {
	return charts.Object{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": Namespace, "labels": map[string]any{"pod-security.kubernetes.io/enforce": "restricted"}},
	}
}
