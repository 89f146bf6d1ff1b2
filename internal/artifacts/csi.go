package artifacts

import "slipway/internal/versions"

// Image is an image by the parts that charts ask for.
type Image struct{ Repository, Tag string }

// String is the image's reference.
func (i Image) String() string { return i.Repository + ":" + i.Tag }

const sigStorage = "registry.k8s.io/sig-storage/"

// CinderCSI is the CSI driver of OpenStack's volumes.
func CinderCSI() Image {
	return Image{"registry.k8s.io/provider-os/cinder-csi-plugin", versions.CloudProviderOpenStack}
}

// CSIAttacher has volumes attached to nodes.
func CSIAttacher() Image { return Image{sigStorage + "csi-attacher", versions.CSIAttacher} }

// CSIProvisioner has volumes made for claims.
func CSIProvisioner() Image { return Image{sigStorage + "csi-provisioner", versions.CSIProvisioner} }

// CSISnapshotter has snapshots made of volumes.
func CSISnapshotter() Image { return Image{sigStorage + "csi-snapshotter", versions.CSISnapshotter} }

// SnapshotController binds snapshots to what asks for them.
func SnapshotController() Image {
	return Image{sigStorage + "snapshot-controller", versions.CSISnapshotter}
}

// CSIResizer has volumes grow with their claims.
func CSIResizer() Image { return Image{sigStorage + "csi-resizer", versions.CSIResizer} }

// CSILivenessProbe says whether a driver answers.
func CSILivenessProbe() Image { return Image{sigStorage + "livenessprobe", versions.CSILivenessProbe} }

// CSINodeDriverRegistrar tells the kubelet of a driver.
func CSINodeDriverRegistrar() Image {
	return Image{sigStorage + "csi-node-driver-registrar", versions.CSINodeDriverRegistrar}
}

// CinderCSIImages are all that the driver with everything beside it runs.
func CinderCSIImages() []string {
	var refs []string
	for _, i := range []Image{
		CinderCSI(), CSIAttacher(), CSIProvisioner(), CSISnapshotter(), SnapshotController(),
		CSIResizer(), CSILivenessProbe(), CSINodeDriverRegistrar(),
	} {
		refs = append(refs, i.String())
	}
	return refs
}
