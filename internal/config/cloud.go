package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

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
	all := []machine{
		kind(root("bastion"), c.Bastion.Flavor, c.Bastion.Image, Flavor{}),
		kind(root("controlPlane"), c.ControlPlane.Flavor, c.ControlPlane.Image, leastControlPlane),
	}
	for _, name := range slices.Sorted(maps.Keys(c.WorkerPools)) {
		pool := c.WorkerPools[name]
		all = append(all, kind(root("workerPools").Key(name), pool.Flavor, pool.Image, leastWorker))
	}
	return all
}

// CloudNames lists what to ask the cloud about.
func (c *Config) CloudNames() CloudNames {
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

// CheckCloud checks the configuration against what the cloud answered.
func (c *Config) CheckCloud(facts CloudFacts) field.ErrorList {
	return slices.Concat(
		c.checkNetwork(facts),
		c.checkMachines(facts),
		c.checkZones(facts),
	)
}

func (c *Config) checkNetwork(facts CloudFacts) field.ErrorList {
	var errs field.ErrorList
	name, path := c.OpenStack.ExternalNetwork, root("openstack").Child("externalNetwork")
	switch external, exists := facts.ExternalNetworks[name]; {
	case name == "":
	case !exists:
		errs = append(errs, field.Invalid(path, name, "does not exist for this project (openstack network list --external)"))
	case !external:
		errs = append(errs, field.Invalid(path, name, "is not an external network (openstack network list --external)"))
	}
	for _, own := range c.ranges() {
		for _, external := range facts.ExternalRanges {
			if own.cidr.Overlaps(external) {
				errs = append(errs, field.Invalid(own.path, own.cidr.String(), fmt.Sprintf("overlaps %s of the external network %q", external, name)))
			}
		}
	}
	return errs
}

func (c *Config) checkMachines(facts CloudFacts) field.ErrorList {
	var errs field.ErrorList
	reported := map[string]bool{} // an image may serve several kinds from one key
	for _, m := range c.machines() {
		flavor, exists := facts.Flavors[m.flavor.name]
		switch {
		case m.flavor.name == "":
		case !exists:
			errs = append(errs, field.Invalid(m.flavor.path, m.flavor.name, "does not exist for this project (openstack flavor list)"))
		default:
			errs = append(errs, checkFlavor(flavor, m)...)
		}
		if m.image.name != "" && !facts.Images[m.image.name] && !reported[m.image.path.String()] {
			reported[m.image.path.String()] = true
			errs = append(errs, field.Invalid(m.image.path, m.image.name, "does not exist for this project (openstack image list)"))
		}
	}
	return errs
}

func checkFlavor(flavor Flavor, m machine) field.ErrorList {
	var lacks []string
	check := func(has, least int, unit string) {
		if has < least {
			lacks = append(lacks, fmt.Sprintf("%d %s (needs %d)", has, unit, least))
		}
	}
	check(flavor.VCPUs, m.least.VCPUs, "vCPU")
	check(flavor.RAMMB, m.least.RAMMB, "MB of memory")
	check(cmp.Or(flavor.DiskGB, m.least.DiskGB), m.least.DiskGB, "GB of disk")
	if len(lacks) == 0 {
		return nil
	}
	return field.ErrorList{field.Invalid(m.flavor.path, m.flavor.name, "is too small: "+strings.Join(lacks, ", "))}
}

func (c *Config) checkZones(facts CloudFacts) field.ErrorList {
	var errs field.ErrorList
	known := slices.Sorted(maps.Keys(facts.Zones))
	check := func(zone string, path *field.Path) {
		if zone != "" && !facts.Zones[zone] {
			errs = append(errs, field.NotSupported(path, zone, known))
		}
	}
	for i, zone := range c.OpenStack.Zones {
		check(zone, root("openstack").Child("zones").Index(i))
	}
	if len(c.OpenStack.Zones) == 0 { // else each node's is one of these
		for _, h := range c.hosts() {
			check(h.node.Zone, h.path.Child("zone"))
		}
	}
	return errs
}
