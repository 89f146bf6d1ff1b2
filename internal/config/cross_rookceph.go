package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// StorageNode is a node with something for Ceph.
type StorageNode struct {
	// Host is its host name, Zone its availability zone, Pool its worker pool.
	Host, Zone, Pool string
	// Disks are those of a machine that exists, by paths.
	Disks []string
	// Volumes is the number of those that OpenStack makes.
	Volumes int
}

// StorageNodes lists them by pool and name.
func (c *Config) StorageNodes() []StorageNode {
	var nodes []StorageNode
	for _, pool := range slices.Sorted(maps.Keys(c.WorkerPools)) {
		for _, name := range slices.Sorted(maps.Keys(c.WorkerPools[pool].Nodes)) {
			n := StorageNode{
				Host: c.WorkerHost(pool, name), Zone: c.WorkerPools[pool].Nodes[name].Zone, Pool: pool,
				Disks: c.Hosts.Machines[name].StorageDisks, Volumes: len(c.WorkerPools[pool].StorageVolumes),
			}
			if len(n.Disks)+n.Volumes > 0 {
				nodes = append(nodes, n)
			}
		}
	}
	return nodes
}

// crossRookCeph wants disks, and as many places for copies as there are copies.
func crossRookCeph(c *Config) field.ErrorList {
	r, path := c.RookCeph, root("rookCeph")
	if !r.Enabled {
		return nil
	}
	nodes := c.StorageNodes()
	if len(nodes) == 0 {
		where := fmt.Sprintf("give a pool of %s storageVolumes", root("workerPools"))
		if c.OnHosts() {
			where = fmt.Sprintf("give workers of %s storageDisks", root("hosts").Child("machines"))
		}
		return field.ErrorList{field.Invalid(path.Child("enabled"), true, "no node has anything to store data on: "+where)}
	}
	errs := c.crossZoned(nodes)
	if len(errs) == 0 {
		errs = c.crossCopies(nodes)
	}
	return slices.Concat(errs, c.crossDefaultClasses(), c.crossWatcher())
}

// crossWatcher refuses a claim of Prometheus that waits for Ceph, which waits for
// the kinds of Prometheus' operator.
func (c *Config) crossWatcher() field.ErrorList {
	r, m := c.RookCeph, c.Monitoring
	if !m.Enabled || m.Storage.SizeGB == 0 {
		return nil
	}
	class, path := m.Storage.Class, root("monitoring").Child("storage", "class")
	switch {
	case class == CephBlockClass, class == CephFilesystemClass:
	case class == "" && r.Block != nil && r.Block.Default:
		class = CephBlockClass
	case class == "" && r.Filesystem != nil && r.Filesystem.Default:
		class = CephFilesystemClass
	default:
		return nil
	}
	return field.ErrorList{field.Invalid(path, class, fmt.Sprintf("is of %s, which comes after what watches it", root("rookCeph")))}
}

// crossZoned wants the nodes to have zones, and somebody to tell Kubernetes of them.
func (c *Config) crossZoned(nodes []StorageNode) field.ErrorList {
	r, path := c.RookCeph, root("rookCeph").Child("failureDomain")
	if r.FailureDomain != FailureDomainZone {
		return nil
	}
	if c.OnHosts() || !c.CloudController.Enabled {
		return field.ErrorList{field.Invalid(path, r.FailureDomain, fmt.Sprintf("needs nodes that know their zones: %s tells them, on OpenStack", root("cloudController")))}
	}
	var lacking []string
	for _, n := range nodes {
		if n.Zone == "" {
			lacking = append(lacking, n.Host)
		}
	}
	if len(lacking) > 0 {
		return field.ErrorList{field.Invalid(path, r.FailureDomain, fmt.Sprintf("%s may be in any zone: name theirs, or %s", strings.Join(lacking, ", "), root("openstack").Child("zones")))}
	}
	return nil
}

// crossCopies compares numbers of copies with that of places.
func (c *Config) crossCopies(nodes []StorageNode) field.ErrorList {
	places := map[string]bool{}
	for _, n := range nodes {
		if c.RookCeph.FailureDomain == FailureDomainZone {
			places[n.Zone] = true
		} else {
			places[n.Host] = true
		}
	}
	var errs field.ErrorList
	for _, n := range c.RookCeph.replicas(root("rookCeph")) {
		if n.value > len(places) {
			errs = append(errs, field.Invalid(n.path, n.value, fmt.Sprintf("each copy is in another %s, and storage nodes are in %d: %s",
				c.RookCeph.FailureDomain, len(places), strings.Join(slices.Sorted(maps.Keys(places)), ", "))))
		}
	}
	return errs
}

// crossDefaultClasses refuses a second default, of Ceph's or Cinder's.
func (c *Config) crossDefaultClasses() field.ErrorList {
	var defaults []*field.Path
	if c.CinderCSI.Enabled {
		for _, name := range slices.Sorted(maps.Keys(c.CinderCSI.StorageClasses)) {
			if c.CinderCSI.StorageClasses[name].Default {
				defaults = append(defaults, root("cinderCSI").Child("storageClasses").Key(name).Child("default"))
			}
		}
	}
	r := c.RookCeph
	if r.Block != nil && r.Block.Default {
		defaults = append(defaults, root("rookCeph").Child("block", "default"))
	}
	if r.Filesystem != nil && r.Filesystem.Default {
		defaults = append(defaults, root("rookCeph").Child("filesystem", "default"))
	}
	var paths []string
	for _, path := range defaults {
		paths = append(paths, path.String())
	}
	if problem := DefaultsProblem(paths); problem != "" {
		return field.ErrorList{field.Invalid(defaults[len(defaults)-1], true, problem)}
	}
	return nil
}
