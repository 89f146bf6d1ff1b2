package cilium

import "slipway/internal/charts"

// namespace is where people, and Cilium's own tools, look for it.
const namespace = "kube-system"

// objects are everything that is installed. Cilium's operator adds the definitions
// of its kinds.
func (a *CiliumArgs) objects() ([]charts.Object, error) {
	return a.Sources.chart.Render(charts.Release{
		Name: "cilium", Namespace: namespace, Kubernetes: a.Kubernetes, Values: a.values(),
	})
}
