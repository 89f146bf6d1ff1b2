package rookceph

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/charts"
)

// namespace is that of everything of Rook. Names of the drivers begin with it.
const namespace = "rook-ceph"

// operator is what runs Rook, and the operator of the CSI drivers with the drivers
// that are wanted. Rook wants the kinds of the latter in any case.
func (a *RookCephArgs) operator() ([]charts.Object, error) {
	objects, err := a.Sources.operator.Render(charts.Release{
		Name: "rook-ceph", Namespace: namespace, Kubernetes: a.Kubernetes, Values: a.operatorValues(),
	})
	if err != nil {
		return nil, err
	}
	drivers := slices.Clone(a.Sources.drivers)
	if !a.Drives() {
		drivers = slices.DeleteFunc(drivers, func(o charts.Object) bool { return !o.IsDefinition() })
	} else {
		drivers = append(drivers, a.drivers()...)
	}
	return slices.Concat([]charts.Object{space()}, drivers, objects), nil
}

// space is the namespace: pods of Ceph see disks of their nodes.
func space() charts.Object {
	return charts.Object{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": namespace, "labels": map[string]any{"pod-security.kubernetes.io/enforce": "privileged"}},
	}
}

// cluster is the Ceph cluster, which Rook makes, and what is stored in it.
func (a *RookCephArgs) cluster() (cluster, pools []charts.Object, err error) {
	objects, err := a.Sources.cluster.Render(charts.Release{
		Name: "rook-ceph-cluster", Namespace: namespace, Kubernetes: a.Kubernetes, Values: a.clusterValues(),
	})
	if err != nil {
		return nil, nil, err
	}
	for _, o := range objects {
		if strings.HasPrefix(o.APIVersion(), "ceph.rook.io/") {
			ownedByRook(o)
		}
		if slices.Contains(pooled, o.Kind()) {
			pools = append(pools, o)
			continue
		}
		cluster = append(cluster, o)
		switch o.Kind() {
		case "CephCluster":
			o["spec"].(map[string]any)["storage"].(map[string]any)["nodes"] = a.storage()
		case "Deployment":
			// Ceph's tools wait for the cluster. That is waited for by itself, and says
			// more when it does not get ready.
			o["metadata"].(map[string]any)["annotations"] = map[string]any{"pulumi.com/skipAwait": "true"}
		}
	}
	return cluster, pools, nil
}

// ownedByRook has changes of an object be applied although Rook wrote to it in the
// meantime: it writes all of the fields that it read, and counts as their owner from then
// on. What Rook made for it goes when it is gone, not before: Rook asks Ceph's daemons
// what is in them until then.
func ownedByRook(o charts.Object) {
	metadata := o["metadata"].(map[string]any)
	annotations, ok := metadata["annotations"].(map[string]any)
	if !ok {
		annotations = map[string]any{}
		metadata["annotations"] = annotations
	}
	annotations["pulumi.com/patchForce"] = "true"
	annotations["pulumi.com/deletionPropagationPolicy"] = "background"
}

// pooled are the kinds of what is stored in a Ceph cluster.
var pooled = []string{"CephBlockPool", "CephFilesystem", "CephFilesystemSubVolumeGroup", "CephObjectStore", "StorageClass"}

// storage names each disk of each node.
func (a *RookCephArgs) storage() []any {
	var nodes []any
	for _, host := range slices.Sorted(maps.Keys(a.Nodes)) {
		var devices []any
		for _, disk := range a.Nodes[host].Disks {
			devices = append(devices, map[string]any{"name": disk})
		}
		nodes = append(nodes, map[string]any{"name": pulumi.String(host), "devices": devices})
	}
	return nodes
}

// awaited are the objects of which Rook says when they are ready.
func (a *RookCephArgs) awaited() []string {
	names := []string{"cephcluster/" + namespace}
	if a.Block != nil {
		names = append(names, "cephblockpool/"+blockName)
	}
	if a.Filesystem != nil {
		names = append(names, "cephfilesystem/"+filesystemName)
	}
	if a.ObjectStore != nil {
		names = append(names, "cephobjectstore/"+objectsName)
	}
	return names
}

// digest changes with what Rook is asked for, but for the names of disks.
func (a *RookCephArgs) digest() string {
	text, _ := json.Marshal([]any{a.clusterValues(), a.disks()}) // strings, numbers and booleans only
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
