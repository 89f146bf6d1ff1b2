package elastic

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
	return charts.Pin{
		Name: "eck-operator", Version: versions.ECK, Digest: versions.ECKChartDigest,
		Key: "helm.elastic.co/helm/eck-operator/eck-operator-" + versions.ECK + ".tgz",
	}
}

// Keys are the upstream URLs of everything that Get fetches, without the scheme.
func Keys() []string { return []string{pin().Key} }

// Get fetches the sources, or takes what earlier runs have left in the folder.
func Get(ctx context.Context, source artifacts.Source, folder string) (*Sources, error) {
	chart, err := pin().Get(ctx, source, folder)
	return &Sources{chart}, err
}
