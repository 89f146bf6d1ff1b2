package cindercsi

import (
	"context"
	"errors"
	"slices"
	"sync"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/versions"
)

// Sources are the chart of the driver, and the objects with which claims can be
// snapshot: types and a controller that any CSI driver shares.
type Sources struct {
	driver    *charts.Chart
	snapshots []charts.Object
}

// NewSources takes a chart and objects that are at hand.
func NewSources(driver *charts.Chart, snapshots []charts.Object) *Sources {
	return &Sources{driver, snapshots}
}

// chart is that of cloud-provider-openstack.
func chart() charts.Pin {
	file := "openstack-cinder-csi-" + versions.CinderCSIChart
	return charts.Pin{
		Name: "openstack-cinder-csi", Version: versions.CinderCSIChart, Digest: versions.CinderCSIChartDigest,
		Key: "github.com/kubernetes/cloud-provider-openstack/releases/download/" + file + "/" + file + ".tgz",
	}
}

// manifests are those of external-snapshotter.
func manifests() []charts.Manifest {
	of := func(path, sum string) charts.Manifest {
		return charts.Manifest{Key: "raw.githubusercontent.com/kubernetes-csi/external-snapshotter/" + versions.CSISnapshotter + "/" + path, SHA256: sum}
	}
	const types, controller = "client/config/crd/snapshot.storage.k8s.io_", "deploy/kubernetes/snapshot-controller/"
	return []charts.Manifest{
		of(types+"volumesnapshotclasses.yaml", "75e6565aac2c0f2949ed13ea884bbaa388cb7be576b558b709cf1168e011828d"),
		of(types+"volumesnapshotcontents.yaml", "895a3c1e73b60f06a0deb566dd123d01bdf1b2efc5d5ff5231ff8bbcf42dafc7"),
		of(types+"volumesnapshots.yaml", "b032116e987fb1d7d93cec7d942833adeb9d95c9bdc7e00c10b280c2fe4a6c33"),
		of(controller+"rbac-snapshot-controller.yaml", "99c4ac480b6c9563be0d85599e29cc7b68b25a82d250b0e789726727551e8d38"),
		of(controller+"setup-snapshot-controller.yaml", "7a0b228f8570917dae9556f9540b9ba0fd0267f365ffc486826184fc5832488f"),
	}
}

// Keys are the upstream URLs of everything that Get fetches, without the scheme.
func Keys() []string {
	keys := []string{chart().Key}
	for _, m := range manifests() {
		keys = append(keys, m.Key)
	}
	return keys
}

// Get fetches the sources, all at once, or takes what earlier runs have left in
// the folder. What cannot be had is named, all of it.
func Get(ctx context.Context, source artifacts.Source, folder string) (*Sources, error) {
	s := &Sources{}
	pins := manifests()
	found, errs := make([][]charts.Object, len(pins)), make([]error, len(pins)+1)
	var wg sync.WaitGroup
	wg.Go(func() { s.driver, errs[len(pins)] = chart().Get(ctx, source, folder) })
	for i, pin := range pins {
		wg.Go(func() { found[i], errs[i] = pin.Get(ctx, source, folder) })
	}
	wg.Wait()
	s.snapshots = slices.Concat(found...)
	for _, o := range s.snapshots {
		adapt(o)
	}
	return s, errors.Join(errs...)
}

// adapt gives the snapshot controller the pinned image, which upstream's manifest
// only follows later, and one pod: it works alone, and is there again soon. It
// goes where the driver's controller does.
func adapt(o charts.Object) {
	if o.Kind() != "Deployment" {
		return
	}
	spec, _ := o["spec"].(map[string]any)
	spec["replicas"] = 1
	template, _ := spec["template"].(map[string]any)
	pod, _ := template["spec"].(map[string]any)
	pod["tolerations"] = []any{map[string]any{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}}
	containers, _ := pod["containers"].([]any)
	for _, c := range containers {
		if c, ok := c.(map[string]any); ok {
			c["image"] = artifacts.SnapshotController().String()
		}
	}
}
