package rookceph

import "slipway/internal/charts"

// Drives says whether the CSI drivers are installed here: buckets need none.
func (a *RookCephArgs) Drives() bool {
	return !a.ExternalCSI && (a.Block != nil || a.Filesystem != nil)
}

// imageSet is the name of the list of images that drivers run, which the
// operator's chart makes.
const imageSet = "rook-csi-operator-image-set-configmap"

// drivers are what the operator of the CSI drivers is asked for. The kernel mounts
// the volumes, and snapshots are not taken: their kinds are not this add-on's.
func (a *RookCephArgs) drivers() []charts.Object {
	defaults := own("csi.ceph.io/v1", "OperatorConfig", "ceph-csi-operator-config")
	defaults["spec"] = map[string]any{"driverSpecDefaults": map[string]any{
		"imageSet": map[string]any{"name": imageSet}, "enableMetadata": true, "fsGroupPolicy": "File",
		"cephFsClientType": "kernel", "snapshotPolicy": "none", "deployCsiAddons": false,
		"nodePlugin":       map[string]any{"priorityClassName": "system-node-critical", "tolerations": []any{map[string]any{"operator": "Exists"}}},
		"controllerPlugin": map[string]any{"priorityClassName": "system-cluster-critical"},
	}}
	objects := []charts.Object{defaults}
	if a.Block != nil {
		objects = append(objects, driver("rbd"))
	}
	if a.Filesystem != nil {
		objects = append(objects, driver("cephfs"))
	}
	return objects
}

// driver serves claims of one kind; storage classes name it.
func driver(kind string) charts.Object {
	d := own("csi.ceph.io/v1", "Driver", namespace+"."+kind+".csi.ceph.com")
	d["spec"] = map[string]any{"fsGroupPolicy": "File"}
	return d
}

func own(version, kind, name string) charts.Object {
	return charts.Object{
		"apiVersion": version, "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": namespace},
	}
}
