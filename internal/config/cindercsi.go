package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// CinderCSI gives claims of the cluster volumes of Cinder.
type CinderCSI struct {
	// Enabled runs OpenStack's CSI driver for Cinder. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// IgnoreZones makes volumes in Cinder's own default zone, wherever the node
	// is: for clouds whose volumes reach every machine. Optional. Defaults to
	// false: a volume is made in the zone of its node.
	IgnoreZones bool `json:"ignoreZones,omitempty"`
	// StorageClasses are what claims ask for, by name. Optional. Defaults to the
	// default class "cinder".
	StorageClasses map[string]StorageClass `json:"storageClasses,omitempty"`
	// CredentialGeneration is the number of the application credential that the
	// driver logs in with; the next number makes a new one and takes the old one
	// away. Optional. Defaults to 1.
	CredentialGeneration int `json:"credentialGeneration,omitempty"`
}

// StorageClass is a kind of volumes.
type StorageClass struct {
	// VolumeType is Cinder's. Optional. Defaults to that of the cloud.
	VolumeType string `json:"volumeType,omitempty"`
	// Default gives it to claims that name no class. Optional. Defaults to false.
	Default bool `json:"default,omitempty"`
	// ReclaimPolicy says what becomes of a volume whose claim is deleted.
	// Optional. Defaults to "Delete".
	ReclaimPolicy ReclaimPolicy `json:"reclaimPolicy,omitempty"`
	// Filesystem is what a volume is formatted with. Optional. Defaults to "ext4".
	Filesystem Filesystem `json:"filesystem,omitempty"`
}

// ReclaimPolicy says what becomes of a volume whose claim is deleted.
type ReclaimPolicy string

// The reclaim policies.
const (
	ReclaimDelete ReclaimPolicy = "Delete"
	ReclaimRetain ReclaimPolicy = "Retain"
)

// Filesystem is what a volume is formatted with.
type Filesystem string

// The filesystems.
const (
	FilesystemExt4 Filesystem = "ext4"
	FilesystemXFS  Filesystem = "xfs"
)

// defaultStorageClass is what a cluster has whose configuration names none.
const defaultStorageClass = "cinder"

func (c *Config) setCinderCSI() {
	csi := &c.CinderCSI
	setDefault(&csi.CredentialGeneration, 1)
	if csi.Enabled && csi.StorageClasses == nil {
		csi.StorageClasses = map[string]StorageClass{defaultStorageClass: {Default: true}}
	}
	for name, class := range csi.StorageClasses {
		setDefault(&class.ReclaimPolicy, ReclaimDelete)
		setDefault(&class.Filesystem, FilesystemExt4)
		csi.StorageClasses[name] = class
	}
}

func validateCinderCSI(c CinderCSI, path *field.Path) field.ErrorList {
	errs := validateGeneration(c.CredentialGeneration, path.Child("credentialGeneration"))
	if c.Enabled && len(c.StorageClasses) == 0 {
		errs = append(errs, field.Required(path.Child("storageClasses"), "at least one, or leave it out"))
	}
	first := ""
	for _, name := range slices.Sorted(maps.Keys(c.StorageClasses)) {
		class, at := c.StorageClasses[name], path.Child("storageClasses").Key(name)
		for _, problem := range validation.IsDNS1123Subdomain(name) {
			errs = append(errs, field.Invalid(at, name, problem))
		}
		errs = append(errs, validateOneOf(class.ReclaimPolicy, at.Child("reclaimPolicy"), ReclaimDelete, ReclaimRetain)...)
		errs = append(errs, validateOneOf(class.Filesystem, at.Child("filesystem"), FilesystemExt4, FilesystemXFS)...)
		switch {
		case class.Default && first != "":
			errs = append(errs, field.Invalid(at.Child("default"), true, fmt.Sprintf("is %s too: a claim that names no class can have only one", path.Child("storageClasses").Key(first))))
		case class.Default:
			first = name
		}
	}
	return errs
}

func (c *Config) checkCinderCSI(facts CloudFacts) field.ErrorList {
	csi, path := c.CinderCSI, root("cinderCSI")
	if !csi.Enabled {
		return nil
	}
	errs := c.checkLogin(path.Child("enabled"), true, facts)
	if len(facts.VolumeZones) == 0 {
		return append(errs, field.Invalid(path.Child("enabled"), true, "needs Cinder, which this cloud does not offer (openstack catalog list)"))
	}
	if csi.IgnoreZones {
		return errs
	}
	lacking := c.nodeZones(facts)
	maps.DeleteFunc(lacking, func(zone string, _ bool) bool { return facts.VolumeZones[zone] })
	if len(lacking) > 0 {
		errs = append(errs, field.Invalid(path.Child("ignoreZones"), false, fmt.Sprintf(
			"Cinder has the zones %s, but nodes are or may be in %s (openstack availability zone list --volume): set it to true if its volumes reach every machine",
			strings.Join(slices.Sorted(maps.Keys(facts.VolumeZones)), ", "), strings.Join(slices.Sorted(maps.Keys(lacking)), ", "))))
	}
	return errs
}

// nodeZones are the zones that nodes are in, or may be in where Nova picks one.
func (c *Config) nodeZones(facts CloudFacts) map[string]bool {
	zones := map[string]bool{}
	for _, h := range c.hosts() {
		switch {
		case !h.kubernetes:
		case h.node.Zone == "":
			maps.Copy(zones, facts.Zones)
		default:
			zones[h.node.Zone] = true
		}
	}
	return zones
}
