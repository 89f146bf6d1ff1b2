package rookceph

import (
	"context"
	"errors"
	"sync"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/versions"
)

// Sources are Rook's two charts, and what runs the operator of Ceph's CSI drivers.
type Sources struct {
	operator, cluster *charts.Chart
	drivers           []charts.Object
}

// NewSources takes charts and objects that are at hand.
func NewSources(operator, cluster *charts.Chart, drivers []charts.Object) *Sources {
	return &Sources{operator, cluster, drivers}
}

// pins are the charts. The operator of the CSI drivers is not taken from the one
// inside, which has no release of its own that could be pinned by its content.
func pins() (operator, cluster charts.Pin) {
	pin := func(name, digest string) charts.Pin {
		return charts.Pin{
			Name: name, Version: versions.Rook, Digest: digest, Without: []string{"ceph-csi-operator"},
			Key: "charts.rook.io/release/" + name + "-" + versions.Rook + ".tgz",
		}
	}
	return pin("rook-ceph", versions.RookChartDigest), pin("rook-ceph-cluster", versions.RookClusterChartDigest)
}

// manifest is upstream's own for the operator of the CSI drivers.
func manifest() charts.Manifest {
	return charts.Manifest{
		Key:    "raw.githubusercontent.com/rook/rook/" + versions.Rook + "/deploy/examples/csi-operator.yaml",
		SHA256: "de0bf9160c8370220353d7140a4b60ee6d4b8eda5e260f395fd00cbdc1059ffb",
	}
}

// Keys are the upstream URLs of everything that Get fetches, without the scheme.
func Keys() []string {
	operator, cluster := pins()
	return []string{operator.Key, cluster.Key, manifest().Key}
}

// Get fetches the sources, all at once, or takes what earlier runs have left in
// the folder. What cannot be had is named, all of it.
func Get(ctx context.Context, source artifacts.Source, folder string) (*Sources, error) {
	s := &Sources{}
	operator, cluster := pins()
	errs := make([]error, 3)
	var wg sync.WaitGroup
	wg.Go(func() { s.operator, errs[0] = operator.Get(ctx, source, folder) })
	wg.Go(func() { s.cluster, errs[1] = cluster.Get(ctx, source, folder) })
	wg.Go(func() { s.drivers, errs[2] = manifest().Get(ctx, source, folder) })
	wg.Wait()
	return s, errors.Join(errs...)
}
