package cindercsi

import (
	"maps"
	"slices"

	"slipway/internal/charts"
)

const (
	driverName = "cinder.csi.openstack.org"
	namespace  = "kube-system"
	secretName = "cinder-csi-cloud-config"
)

// objects are everything that is installed but the configuration.
func (a *CinderCSIArgs) objects() ([]charts.Object, error) {
	objects, err := a.Sources.driver.Render(charts.Release{
		Name: "cinder-csi", Namespace: namespace, Kubernetes: a.Kubernetes, Values: a.values(),
	})
	if err != nil {
		return nil, err
	}
	objects = slices.Concat(a.Sources.snapshots, objects)
	for _, name := range slices.Sorted(maps.Keys(a.StorageClasses)) {
		objects = append(objects, a.StorageClasses[name].object(name))
	}
	return append(objects, snapshotClass()), nil
}

// object is the class as claims find it. Volumes are made when a pod needs them:
// then its node is known, and with it the zone.
func (s StorageClass) object(name string) charts.Object {
	policy := "Delete"
	if s.Retain {
		policy = "Retain"
	}
	parameters := map[string]any{"csi.storage.k8s.io/fstype": s.Filesystem}
	if s.VolumeType != "" {
		parameters["type"] = s.VolumeType
	}
	metadata := map[string]any{"name": name}
	if s.Default {
		metadata["annotations"] = map[string]any{"storageclass.kubernetes.io/is-default-class": "true"}
	}
	return charts.Object{
		"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata,
		"provisioner": driverName, "parameters": parameters, "reclaimPolicy": policy,
		"volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": true,
	}
}

// snapshotClass lets claims be snapshot. A snapshot goes with its object.
func snapshotClass() charts.Object {
	return charts.Object{
		"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotClass",
		"metadata": map[string]any{
			"name":        "cinder",
			"annotations": map[string]any{"snapshot.storage.kubernetes.io/is-default-class": "true"},
		},
		"driver": driverName, "deletionPolicy": "Delete",
		// Else Cinder refuses while a pod has the volume.
		"parameters": map[string]any{"force-create": "true"},
	}
}
