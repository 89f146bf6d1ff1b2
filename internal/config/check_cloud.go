package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// CheckCloud checks the configuration against what the cloud answered.
func (c *Config) CheckCloud(facts CloudFacts) field.ErrorList {
	if c.Stack == StackNetwork {
		return c.checkNetwork(facts)
	}
	return slices.Concat(
		c.checkNetwork(facts),
		c.checkEndpoint(facts),
		c.checkMachines(facts),
		c.checkZones(facts),
		c.checkCloudController(facts),
		c.checkCinderCSI(facts),
		c.checkKeystoneAuth(facts),
		c.checkExternalDNS(facts),
		c.checkDNS01(facts),
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

func (c *Config) checkEndpoint(facts CloudFacts) field.ErrorList {
	if c.Endpoint.Type != EndpointOctavia || facts.LoadBalancers {
		return nil
	}
	return field.ErrorList{field.Invalid(root("endpoint").Child("type"), c.Endpoint.Type,
		"needs load balancers, which this cloud does not offer (openstack catalog list); "+string(EndpointKeepalived)+" does without")}
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
