package monitoring

import (
	"context"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/versions"
)

// Sources is the chart.
type Sources struct{ chart *charts.Chart }

// NewSources takes a chart that is at hand.
func NewSources(chart *charts.Chart) *Sources { return &Sources{chart} }

func pin() charts.Pin {
	file := "kube-prometheus-stack-" + versions.MonitoringChart
	return charts.Pin{
		Name: "kube-prometheus-stack", Version: versions.MonitoringChart, Digest: versions.MonitoringChartDigest,
		Key:     "github.com/prometheus-community/helm-charts/releases/download/" + file + "/" + file + ".tgz",
		Without: []string{"grafana", "prometheus-windows-exporter"},
	}
}

// Keys are the upstream URLs of everything that Get fetches, without the scheme.
func Keys() []string { return []string{pin().Key} }

// Get fetches the sources, or takes what earlier runs have left in the folder.
func Get(ctx context.Context, source artifacts.Source, folder string) (*Sources, error) {
	chart, err := pin().Get(ctx, source, folder)
	return &Sources{chart}, err
}
