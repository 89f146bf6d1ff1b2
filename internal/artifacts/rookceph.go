package artifacts

import (
	"maps"
	"slices"

	"slipway/internal/versions"
)

// Rook is the operator of Ceph.
func Rook() Image { return Image{"docker.io/rook/ceph", versions.Rook} }

// Ceph is what the operator runs.
func Ceph() Image { return Image{"quay.io/ceph/ceph", versions.Ceph} }

// CephCSIOperator runs Ceph's CSI drivers.
func CephCSIOperator() Image {
	return Image{"quay.io/cephcsi/ceph-csi-operator", versions.CephCSIOperator}
}

// CephCSI is the program of Ceph's CSI drivers.
func CephCSI() Image { return Image{"quay.io/cephcsi/cephcsi", versions.CephCSI} }

// CephCSISidecars are what the drivers have beside them, by the names that their
// operator knows.
func CephCSISidecars() map[string]Image {
	return map[string]Image{
		"attacher":    {sigStorage + "csi-attacher", versions.RookCSIAttacher},
		"provisioner": {sigStorage + "csi-provisioner", versions.RookCSIProvisioner},
		"registrar":   {sigStorage + "csi-node-driver-registrar", versions.RookCSIRegistrar},
		"resizer":     {sigStorage + "csi-resizer", versions.RookCSIResizer},
		"snapshotter": {sigStorage + "csi-snapshotter", versions.RookCSISnapshotter},
	}
}

// RookCephImages are all that run: with drivers, what serves claims too.
func RookCephImages(drivers bool) []string {
	refs := []string{Rook().String(), Ceph().String()}
	if !drivers {
		return refs
	}
	refs = append(refs, CephCSIOperator().String(), CephCSI().String())
	sidecars := CephCSISidecars()
	for _, name := range slices.Sorted(maps.Keys(sidecars)) {
		refs = append(refs, sidecars[name].String())
	}
	return refs
}
