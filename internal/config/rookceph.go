package config

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// RookCeph gives the cluster storage of its own: Ceph, run by Rook, on volumes or
// disks that nodes have for it.
type RookCeph struct {
	// Enabled runs Rook and a Ceph cluster. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// FailureDomain is what no two copies of anything share. Optional. Defaults to "host".
	FailureDomain FailureDomain `json:"failureDomain,omitempty"`
	// OSDMemoryMB is what the daemon of each disk may use, in MiB. Optional.
	// Defaults to 4096.
	OSDMemoryMB int `json:"osdMemoryMB,omitempty"`
	// Block gives claims block devices. Optional: there is one unless Filesystem
	// or ObjectStore is set.
	Block *CephPool `json:"block,omitempty"`
	// Filesystem gives claims a file system that many pods share. Optional.
	Filesystem *CephPool `json:"filesystem,omitempty"`
	// ObjectStore gives buckets, by the protocol of S3. Optional.
	ObjectStore *CephObjectStore `json:"objectStore,omitempty"`
	// ExternalCSI says that somebody else installs Ceph's CSI drivers, without
	// which no claim is served. Optional. Defaults to false.
	ExternalCSI bool `json:"externalCSI,omitempty"`
	// DeleteData has the disks cleared when the Ceph cluster is removed. It must be
	// deployed before Enabled is turned off. Optional. Defaults to false.
	DeleteData bool `json:"deleteData,omitempty"`
}

// CephPool is how data is kept of which claims get a part.
type CephPool struct {
	// Replicas is the number of copies. Optional. Defaults to 3.
	Replicas int `json:"replicas,omitempty"`
	// Default gives its storage class to claims that name none. Optional. Defaults to false.
	Default bool `json:"default,omitempty"`
	// ReclaimPolicy says what becomes of a volume whose claim is deleted.
	// Optional. Defaults to "Delete".
	ReclaimPolicy ReclaimPolicy `json:"reclaimPolicy,omitempty"`
}

// CephObjectStore is how buckets are kept and reached.
type CephObjectStore struct {
	// Replicas is the number of copies. Optional. Defaults to 3.
	Replicas int `json:"replicas,omitempty"`
	// Gateways is the number of pods that answer. Optional. Defaults to 1.
	Gateways int `json:"gateways,omitempty"`
}

// FailureDomain is what may be lost at once.
type FailureDomain string

// The failure domains.
const (
	FailureDomainHost FailureDomain = "host"
	FailureDomainZone FailureDomain = "zone"
)

// The storage classes of block devices and of file systems.
const (
	CephBlockClass      = "ceph-block"
	CephFilesystemClass = "ceph-filesystem"
)

const (
	// defaultReplicas keeps data writable while one copy is away.
	defaultReplicas = 3
	// minReplicas: with one copy, a lost disk is lost data.
	minReplicas = 2
	// defaultOSDMemoryMB is what Ceph itself assumes; minOSDMemoryMB is Rook's
	// minimum. Below 1120, a daemon ends at its start.
	defaultOSDMemoryMB = 4096
	minOSDMemoryMB     = 2048
	// minStorageGB holds what Ceph needs for itself and something beside it.
	minStorageGB = 5
)

func (c *Config) setRookCeph() {
	r := &c.RookCeph
	setDefault(&r.FailureDomain, FailureDomainHost)
	setDefault(&r.OSDMemoryMB, defaultOSDMemoryMB)
	if r.Enabled && r.Block == nil && r.Filesystem == nil && r.ObjectStore == nil {
		r.Block = &CephPool{Default: !c.CinderCSI.Enabled}
	}
	for _, p := range []*CephPool{r.Block, r.Filesystem} {
		if p != nil {
			setDefault(&p.Replicas, defaultReplicas)
			setDefault(&p.ReclaimPolicy, ReclaimDelete)
		}
	}
	if o := r.ObjectStore; o != nil {
		setDefault(&o.Replicas, defaultReplicas)
		setDefault(&o.Gateways, 1)
	}
}

// replicas are the numbers of copies by the path of their keys.
func (r RookCeph) replicas(path *field.Path) []numbered {
	var all []numbered
	if r.Block != nil {
		all = append(all, numbered{path.Child("block", "replicas"), r.Block.Replicas})
	}
	if r.Filesystem != nil {
		all = append(all, numbered{path.Child("filesystem", "replicas"), r.Filesystem.Replicas})
	}
	if r.ObjectStore != nil {
		all = append(all, numbered{path.Child("objectStore", "replicas"), r.ObjectStore.Replicas})
	}
	return all
}

// numbered is a number and the path of its key.
type numbered struct {
	path  *field.Path
	value int
}

func validateRookCeph(r RookCeph, path *field.Path) field.ErrorList {
	errs := validateOneOf(r.FailureDomain, path.Child("failureDomain"), FailureDomainHost, FailureDomainZone)
	if r.OSDMemoryMB < minOSDMemoryMB {
		errs = append(errs, field.Invalid(path.Child("osdMemoryMB"), r.OSDMemoryMB, fmt.Sprintf("must be at least %d", minOSDMemoryMB)))
	}
	for _, n := range r.replicas(path) {
		if n.value < minReplicas {
			errs = append(errs, field.Invalid(n.path, n.value, fmt.Sprintf("must be at least %d: with one copy, a lost disk is lost data", minReplicas)))
		}
	}
	if p := r.Block; p != nil {
		errs = append(errs, validateOneOf(p.ReclaimPolicy, path.Child("block", "reclaimPolicy"), ReclaimDelete, ReclaimRetain)...)
	}
	if p := r.Filesystem; p != nil {
		errs = append(errs, validateOneOf(p.ReclaimPolicy, path.Child("filesystem", "reclaimPolicy"), ReclaimDelete, ReclaimRetain)...)
	}
	if o := r.ObjectStore; o != nil && o.Gateways < 1 {
		errs = append(errs, field.Invalid(path.Child("objectStore", "gateways"), o.Gateways, "must be 1 or more"))
	}
	return errs
}
