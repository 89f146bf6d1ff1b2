package review

import (
	"slices"
	"strings"
)

// hazards are what takes something away that cannot be had back, or interrupts what
// runs: each a line, for the banner.
func (p *Preview) hazards() []string {
	var found []string
	for _, c := range p.of(replaced, deleted) {
		if what := p.hazard(c); what != "" {
			found = append(found, what+" is "+c.verb.String())
		}
	}
	for _, c := range p.of(updated) {
		if what := p.interruption(c); what != "" {
			found = append(found, what)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// interruption says what an update in place means for what runs; empty if nothing.
func (p *Preview) interruption(c change) string {
	own := code(name(c.URN))
	changes := func(property string) bool {
		for path := range c.DetailedDiff {
			if path == property || strings.HasPrefix(path, property+"[") {
				return true
			}
		}
		return false
	}
	switch {
	case c.Type == instanceType && changes("imageId"):
		return "machine " + own + " is rebuilt from another image: what is on its disk is lost"
	case c.Type == instanceType && changes("flavorId"):
		return "machine " + own + " is resized: it restarts"
	case changes("fixedIps") && p.isEndpoint(c.URN):
		return "the API's address (" + own + ") changes"
	}
	return ""
}

const instanceType = "openstack:compute/instance:Instance"

// containerVolume ends the names of volumes with images and containers alone.
const containerVolume = "-containers"

// endpoints are the components that own the API's address.
var endpoints = []string{"slipway:index:HAProxyKeepalivedVIP", "slipway:index:DirectEndpoint", "slipway:index:OctaviaEndpoint"}

func (p *Preview) isEndpoint(urn string) bool {
	return slices.ContainsFunc(endpoints, func(component string) bool { return p.within(urn, component) != "" })
}

// hazard names what a change takes away; empty if that is nothing to be warned of.
func (p *Preview) hazard(c change) string {
	own := code(name(c.URN))
	switch c.Type {
	case "openstack:networking/network:Network", "openstack:networking/subnet:Subnet", "openstack:networking/router:Router":
		return "the network's " + strings.ToLower(kind(c.Type)) + " " + own
	case "openstack:blockstorage/volume:Volume":
		if strings.HasSuffix(c.URN, containerVolume) {
			return ""
		}
		return "volume " + own + ", with the data on it,"
	case instanceType, "slipway:index:Node":
		if p.within(c.URN, "slipway:index:ControlPlane") == "" {
			return ""
		}
		if node := p.within(c.URN, "slipway:index:Node"); node != "" {
			own = code(name(node))
		}
		return "control-plane machine " + own
	case "openstack:networking/port:Port", "openstack:networking/floatingIp:FloatingIp", "openstack:loadbalancer/loadBalancer:LoadBalancer":
		if p.isEndpoint(c.URN) {
			return "the API's address (" + own + ")"
		}
	}
	if strings.HasPrefix(c.Type, "kubernetes:ceph.rook.io/") || strings.HasSuffix(c.Type, ":PersistentVolumeClaim") {
		return kind(c.Type) + " " + own + ", with the data in it,"
	}
	return ""
}
