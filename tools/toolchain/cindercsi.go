package main

// sidecars is the module of the programs that connect a CSI driver with
// Kubernetes.
const sidecars = "csi-sidecars"

// cinderCSI has what upstream's chart of the Cinder CSI driver deploys, the
// chart itself, and what snapshots need beside it.
func (p pins) cinderCSI() group {
	const plugin = "cinder-csi-plugin"
	version := p.release("CloudProviderOpenStack")
	g := group{
		items: []item{cloudProviderItem(p, plugin)},
		files: append(p.snapshotManifests(), p.cinderChart()),
		// It runs mount, blkid, fsck, mkfs and resize2fs. As upstream's image it
		// has no entry point: the chart names the program.
		images: []imageSpec{{Ref: "registry.k8s.io/provider-os/" + plugin + ":" + version, Base: true,
			Files: map[string]string{"/bin/" + plugin: "bin/" + plugin}}},
	}
	for _, s := range p.sidecars() {
		g.items = append(g.items, item{name: s.name, module: sidecars, output: "artifacts/bin/" + s.name,
			packages: []string{s.source}, ldflags: set("main.version", s.version)})
		g.images = append(g.images, imageSpec{Ref: "registry.k8s.io/sig-storage/" + s.name + ":" + s.version,
			Entrypoint: []string{"/" + s.name}, Files: map[string]string{"/" + s.name: "bin/" + s.name}})
	}
	return g
}

// sidecar is a program that is the only one of its image.
type sidecar struct{ name, version, source string }

func (p pins) sidecars() []sidecar {
	const upstream = "github.com/kubernetes-csi/"
	snapshotter := p.release("CSISnapshotter")
	return []sidecar{
		{"csi-attacher", p.release("CSIAttacher"), upstream + "external-attacher/v4/cmd/csi-attacher"},
		{"csi-provisioner", p.release("CSIProvisioner"), upstream + "external-provisioner/v5/cmd/csi-provisioner"},
		{"csi-resizer", p.release("CSIResizer"), upstream + "external-resizer/cmd/csi-resizer"},
		{"csi-snapshotter", snapshotter, upstream + "external-snapshotter/v8/cmd/csi-snapshotter"},
		{"snapshot-controller", snapshotter, upstream + "external-snapshotter/v8/cmd/snapshot-controller"},
		// Ours: no module proxy serves these two.
		{"csi-node-driver-registrar", p.release("CSINodeDriverRegistrar"), "./csi-node-driver-registrar"},
		{"livenessprobe", p.release("CSILivenessProbe"), "./livenessprobe"},
	}
}

// cinderChart is the Helm chart, which lies in the driver's module.
func (p pins) cinderChart() published {
	const name = "openstack-cinder-csi"
	release := name + "-" + p.release("CinderCSIChart")
	return published{
		file: "github.com/kubernetes/cloud-provider-openstack/releases/download/" + release + "/" + release + ".tgz",
		from: moduleFile{tool: cloudProvider, module: "k8s.io/cloud-provider-openstack", path: "charts/cinder-csi-plugin"}, top: name + "/",
	}
}

// snapshotManifests are the types that csi-snapshotter and snapshot-controller
// watch, and what runs the latter.
func (p pins) snapshotManifests() []published {
	const (
		module     = "github.com/kubernetes-csi/external-snapshotter/"
		types      = "config/crd/snapshot.storage.k8s.io_"
		controller = "deploy/kubernetes/snapshot-controller/"
	)
	base := "raw.githubusercontent.com/kubernetes-csi/external-snapshotter/" + p.release("CSISnapshotter") + "/"
	var files []published
	for _, kind := range []string{"volumesnapshotclasses", "volumesnapshotcontents", "volumesnapshots"} {
		path := types + kind + ".yaml"
		files = append(files, published{file: base + "client/" + path, from: moduleFile{tool: sidecars, module: module + "client/v8", path: path}})
	}
	for _, name := range []string{"rbac", "setup"} {
		path := controller + name + "-snapshot-controller.yaml"
		files = append(files, published{file: base + path, from: moduleFile{tool: sidecars, module: module + "v8", path: path}})
	}
	return files
}
