package config

import (
	"maps"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Flavor is the size of a machine.
type Flavor struct {
	VCPUs int
	RAMMB int
	// DiskGB of the root disk. Zero means that the image decides.
	DiskGB int
}

// Least sizes: kubeadm refuses a control plane below them, and a smaller worker
// has no room left for pods. The disk holds the images beside the system.
var (
	leastControlPlane = Flavor{VCPUs: 2, RAMMB: 2048, DiskGB: 10}
	leastEtcd         = Flavor{VCPUs: 1, RAMMB: 1024, DiskGB: 10}
	leastWorker       = Flavor{VCPUs: 1, RAMMB: 1024, DiskGB: 10}
)

// CloudNames are the names in a configuration that the cloud has to know, each
// once and sorted.
type CloudNames struct {
	Flavors, Images []string
	ExternalNetwork string
}

// CloudFacts is what the cloud answered about CloudNames. A name that is not in
// a map does not exist for this project.
type CloudFacts struct {
	Flavors map[string]Flavor
	Images  map[string]bool
	// ExternalNetworks maps network names to whether they are external.
	ExternalNetworks map[string]bool
	// ExternalRanges are the ranges of the external network's subnets. Optional.
	ExternalRanges []netip.Prefix
	// Zones are all the compute availability zones.
	Zones map[string]bool
	// LoadBalancers says whether there are any, for an endpoint or Services that
	// want one.
	LoadBalancers bool
	// VolumeZones are all the availability zones of Cinder, for a cluster that
	// gets its volumes there.
	VolumeZones map[string]bool
	// DNS says whether there is Designate, and DNSZones are those of its zones that
	// the configuration names, without the last dot.
	DNS      bool
	DNSZones map[string]bool
	// Identity is the public address of Keystone, ProjectID the project, and Roles
	// are the user's in it, for a cluster that talks to the cloud.
	Identity, ProjectID string
	Roles               []string
}

// named is the name of something in the cloud and the path of its key.
type named struct {
	name string
	path *field.Path
}

// machine is one kind of machine: what all of its servers have in common.
type machine struct {
	flavor, image named
	least         Flavor
}

// machines lists the kinds of machines in a fixed order.
func (c *Config) machines() []machine {
	kind := func(path *field.Path, flavor, image string, least Flavor) machine {
		imagePath := path.Child("image")
		if image == c.OpenStack.Image {
			imagePath = root("openstack").Child("image")
		}
		return machine{named{flavor, path.Child("flavor")}, named{image, imagePath}, least}
	}
	all := []machine{kind(root("controlPlane"), c.ControlPlane.Flavor, c.ControlPlane.Image, leastControlPlane)}
	if c.HasBastion() {
		all = append(all, kind(root("bastion"), c.Bastion.Flavor, c.Bastion.Image, Flavor{}))
	}
	if p := c.Endpoint.Keepalived.Proxies; p != nil {
		all = append(all, kind(root("endpoint").Child("keepalived", "proxies"), p.Flavor, p.Image, Flavor{}))
	}
	if len(c.Etcd.Nodes) > 0 {
		all = append(all, kind(root("etcd"), c.Etcd.Flavor, c.Etcd.Image, leastEtcd))
	}
	for _, name := range slices.Sorted(maps.Keys(c.WorkerPools)) {
		pool := c.WorkerPools[name]
		all = append(all, kind(root("workerPools").Key(name), pool.Flavor, pool.Image, leastWorker))
	}
	return all
}

// CloudNames lists what to ask the cloud about.
func (c *Config) CloudNames() CloudNames {
	if c.Stack == StackNetwork {
		return CloudNames{ExternalNetwork: c.OpenStack.ExternalNetwork}
	}
	var flavors, images []string
	for _, m := range c.machines() {
		flavors, images = append(flavors, m.flavor.name), append(images, m.image.name)
	}
	return CloudNames{Flavors: distinct(flavors), Images: distinct(images), ExternalNetwork: c.OpenStack.ExternalNetwork}
}

// distinct sorts names and drops the empty ones, which Load reported.
func distinct(names []string) []string {
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}
