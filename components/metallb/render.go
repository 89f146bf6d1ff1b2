package metallb

import (
	"maps"
	"slices"

	"slipway/internal/charts"
)

// namespace is MetalLB's own: its speakers use the network of their nodes, which
// the namespace has to admit.
const namespace = "metallb-system"

// objects are everything that is installed.
func (a *MetalLBArgs) objects() ([]charts.Object, error) {
	objects, err := a.Sources.chart.Render(charts.Release{
		Name: "metallb", Namespace: namespace, Kubernetes: a.Kubernetes, Values: a.values(),
	})
	if err != nil {
		return nil, err
	}
	objects = append(objects, space())
	var names []any
	for _, name := range slices.Sorted(maps.Keys(a.Pools)) {
		names = append(names, name)
		objects = append(objects, a.Pools[name].object(name))
	}
	return append(objects, custom("L2Advertisement", "slipway", map[string]any{"ipAddressPools": names})), nil
}

func space() charts.Object {
	return charts.Object{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": namespace, "labels": map[string]any{"pod-security.kubernetes.io/enforce": "privileged"}},
	}
}

// object is the pool as MetalLB finds it.
func (p Pool) object(name string) charts.Object {
	ranges := make([]any, len(p.Ranges))
	for i, r := range p.Ranges {
		ranges[i] = r
	}
	return custom("IPAddressPool", name, map[string]any{"addresses": ranges, "autoAssign": !p.OnRequest})
}

func custom(kind, name string, spec map[string]any) charts.Object {
	return charts.Object{
		"apiVersion": "metallb.io/v1beta1", "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": namespace}, "spec": spec,
	}
}
