package rookceph

// The names of pools and stores, and of their storage classes.
const (
	blockName      = "ceph-block"
	filesystemName = "ceph-filesystem"
	objectsName    = "ceph-objectstore"
	bucketClass    = "ceph-bucket"
)

// poolValues is a pool or a file system of the chart.
type poolValues struct {
	Name         string       `json:"name"`
	Spec         poolSpec     `json:"spec"`
	StorageClass storageClass `json:"storageClass"`
}

// poolSpec has the fields of a block pool, or those of a file system.
type poolSpec struct {
	FailureDomain string          `json:"failureDomain,omitempty"`
	Replicated    *replicated     `json:"replicated,omitempty"`
	Preserve      bool            `json:"preserveFilesystemOnDelete,omitempty"`
	MetadataPool  *dataPool       `json:"metadataPool,omitempty"`
	DataPools     []dataPool      `json:"dataPools,omitempty"`
	Server        *metadataServer `json:"metadataServer,omitempty"`
}

type replicated struct {
	Size int `json:"size"`
}

type dataPool struct {
	Name          string     `json:"name,omitempty"`
	FailureDomain string     `json:"failureDomain"`
	Replicated    replicated `json:"replicated"`
}

type metadataServer struct {
	Active    int        `json:"activeCount"`
	Standby   bool       `json:"activeStandby"`
	Resources quantities `json:"resources"`
	Placement placement  `json:"placement"`
	Priority  string     `json:"priorityClassName"`
}

type storageClass struct {
	Enabled       bool              `json:"enabled"`
	Name          string            `json:"name"`
	IsDefault     bool              `json:"isDefault"`
	Pool          string            `json:"pool,omitempty"`
	ReclaimPolicy string            `json:"reclaimPolicy"`
	Expansion     bool              `json:"allowVolumeExpansion"`
	Binding       string            `json:"volumeBindingMode"`
	Parameters    map[string]string `json:"parameters,omitempty"`
}

type objectValues struct {
	Name         string       `json:"name"`
	Spec         objectSpec   `json:"spec"`
	StorageClass storageClass `json:"storageClass"`
}

type objectSpec struct {
	MetadataPool dataPool `json:"metadataPool"`
	DataPool     dataPool `json:"dataPool"`
	Preserve     bool     `json:"preservePoolsOnDelete"`
	Gateway      gateway  `json:"gateway"`
}

type gateway struct {
	Port      int        `json:"port"`
	Instances int        `json:"instances"`
	Resources quantities `json:"resources"`
	Placement placement  `json:"placement"`
	Priority  string     `json:"priorityClassName"`
}

// class is a storage class for claims. The chart names the secrets of the drivers.
func class(name string, p *Pool, secrets string) storageClass {
	c := storageClass{Enabled: true, Name: name, IsDefault: p.Default, ReclaimPolicy: "Delete", Expansion: true, Binding: "Immediate",
		Parameters: map[string]string{"csi.storage.k8s.io/fstype": "ext4"}}
	if p.Retain {
		c.ReclaimPolicy = "Retain"
	}
	for _, use := range []string{"provisioner", "controller-expand", "controller-publish"} {
		c.Parameters["csi.storage.k8s.io/"+use+"-secret-name"] = secrets + "-provisioner"
		c.Parameters["csi.storage.k8s.io/"+use+"-secret-namespace"] = namespace
	}
	c.Parameters["csi.storage.k8s.io/node-stage-secret-name"] = secrets + "-node"
	c.Parameters["csi.storage.k8s.io/node-stage-secret-namespace"] = namespace
	return c
}

func (a *RookCephArgs) dataPool(name string, replicas int) dataPool {
	return dataPool{name, a.FailureDomain, replicated{replicas}}
}

func (a *RookCephArgs) blockPool() poolValues {
	c := class(blockName, a.Block, "rook-csi-rbd")
	c.Parameters["imageFormat"], c.Parameters["imageFeatures"] = "2", "layering"
	return poolValues{blockName, poolSpec{FailureDomain: a.FailureDomain, Replicated: &replicated{a.Block.Replicas}}, c}
}

func (a *RookCephArgs) filesystem() poolValues {
	const data = "data0"
	metadata := a.dataPool("", a.Filesystem.Replicas)
	spec := poolSpec{
		Preserve: !a.DeleteData, MetadataPool: &metadata, DataPools: []dataPool{a.dataPool(data, a.Filesystem.Replicas)},
		Server: &metadataServer{1, true, requests("100m", "512Mi"), a.placement(), "system-cluster-critical"},
	}
	spec.Server.Resources.Limits = map[string]string{"memory": "4Gi"}
	c := class(filesystemName, a.Filesystem, "rook-csi-cephfs")
	c.Pool = data
	return poolValues{filesystemName, spec, c}
}

func (a *RookCephArgs) objectStore() objectValues {
	pool := a.dataPool("", a.ObjectStore.Replicas)
	g := gateway{80, a.ObjectStore.Gateways, requests("100m", "512Mi"), a.placement(), "system-cluster-critical"}
	g.Resources.Limits = map[string]string{"memory": "2Gi"}
	return objectValues{objectsName, objectSpec{pool, pool, !a.DeleteData, g}, storageClass{
		Enabled: true, Name: bucketClass, ReclaimPolicy: "Delete", Binding: "Immediate", Parameters: map[string]string{"region": "us-east-1"},
	}}
}
