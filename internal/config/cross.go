package config

import (
	"fmt"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/internal/subnet"
)

const (
	// ownPorts take addresses of the pool beside the nodes: the bastion and
	// Neutron's DHCP servers, of which there may be three.
	ownPorts = 4
	// balancerPorts are Octavia's: the address of a load balancer and, of a
	// redundant one, those of its two machines.
	balancerPorts = 3
	// vxlanOverhead is what an encapsulated packet is longer than its content.
	vxlanOverhead = 50
)

// validateCross holds every rule that concerns more than one part of the tree.
func validateCross(c *Config) field.ErrorList {
	errs := slices.Concat(
		crossRanges(c),
		crossRoom(c),
		crossMTU(c),
		crossControlPlanes(c),
		crossEndpoint(c),
		crossEtcd(c),
		crossHostNames(c),
		crossAddresses(c),
		crossZones(c),
		crossCloudController(c),
		crossVersions(c),
		crossMetalLB(c),
		crossMonitoring(c),
		crossLogging(c),
		crossIngress(c),
		crossRookCeph(c),
		crossCertManager(c),
	)
	if c.OnHosts() {
		errs = append(errs, crossHosts(c)...)
	}
	return errs
}

// namedRange is a range of addresses and the path of its key.
type namedRange struct {
	cidr netip.Prefix
	path *field.Path
}

// ranges lists the cluster's own ranges, which must not meet each other or any network beside them.
func (c *Config) ranges() []namedRange {
	return []namedRange{
		{c.Network.CIDR, root("network").Child("cidr")},
		{c.Kubernetes.PodCIDR, root("kubernetes").Child("podCIDR")},
		{c.Kubernetes.ServiceCIDR, root("kubernetes").Child("serviceCIDR")},
	}
}

func crossRanges(c *Config) field.ErrorList {
	var errs field.ErrorList
	ranges := c.ranges()
	for i, a := range ranges {
		for _, b := range ranges[:i] {
			if a.cidr.Overlaps(b.cidr) {
				errs = append(errs, field.Invalid(a.path, a.cidr.String(), fmt.Sprintf("overlaps %s %s", b.path, b.cidr)))
			}
		}
	}
	for i, server := range c.Network.DNSServers {
		for _, r := range ranges[1:] {
			if r.cidr.IsValid() && r.cidr.Contains(server) {
				path := root("network").Child("dnsServers").Index(i)
				errs = append(errs, field.Invalid(path, server.String(), fmt.Sprintf("is inside %s %s: nodes cannot reach it", r.path, r.cidr)))
			}
		}
	}
	return errs
}

// crossRoom checks that the ranges have room for the nodes.
func crossRoom(c *Config) field.ErrorList {
	var errs field.ErrorList
	hosts := c.hosts()
	nodes := 0
	for _, h := range hosts {
		if h.kubernetes {
			nodes++
		}
	}
	if cidr := c.Network.CIDR; usable(cidr) {
		pooled := 0
		for _, h := range hosts {
			if !h.node.Address.IsValid() {
				pooled++
			}
		}
		room := subnet.PoolSize(cidr) - ownPorts
		if c.Endpoint.Type == EndpointOctavia {
			room -= balancerPorts
		}
		if pooled > room {
			errs = append(errs, field.Invalid(root("network").Child("cidr"), cidr.String(), fmt.Sprintf("has room for %d nodes without a fixed address, not %d", room, pooled)))
		}
	}
	if cidr := c.Kubernetes.PodCIDR; cidr.IsValid() && cidr.Bits() <= podBitsPerNode {
		if room := 1 << (podBitsPerNode - cidr.Bits()); nodes > room {
			errs = append(errs, field.Invalid(root("kubernetes").Child("podCIDR"), cidr.String(),
				fmt.Sprintf("has a /%d for %d nodes, not %d", podBitsPerNode, room, nodes)))
		}
	}
	return errs
}

// crossMTU keeps the pods' MTU above the minimum when packets are encapsulated.
func crossMTU(c *Config) field.ErrorList {
	least := minMTU + vxlanOverhead
	if !c.WrapsPods() || c.Network.MTU < minMTU || c.Network.MTU >= least {
		return nil
	}
	return field.ErrorList{field.Invalid(root("network").Child("mtu"), c.Network.MTU,
		fmt.Sprintf("must be at least %d where %s carries pods in vxlan, which takes %d bytes of each packet", least, c.Kubernetes.CNI, vxlanOverhead))}
}

// crossControlPlanes checks the number of control-plane nodes.
func crossControlPlanes(c *Config) field.ErrorList {
	var errs field.ErrorList
	path, count := root("controlPlane"), len(c.ControlPlane.Nodes)
	problem := QuorumProblem(count)
	switch {
	case problem == "":
	case c.OnHosts():
		errs = append(errs, crossRoleCount(RoleControlPlane, count))
	case count > 0:
		errs = append(errs, field.Invalid(path.Child("nodes"), count, problem))
	}
	if count > 1 && c.Endpoint.Type == EndpointDirect {
		errs = append(errs, field.Invalid(root("endpoint").Child("type"), c.Endpoint.Type, fmt.Sprintf("is the address of the only control-plane node, but there are %d", count)))
	}
	if len(c.WorkerPools) == 0 && !c.ControlPlane.Schedulable {
		where, what := root("workerPools"), "pool"
		if c.OnHosts() {
			where, what = root("hosts").Child("machines"), fmt.Sprintf("machine with role %s or %s", RoleWorker, RoleStorage)
		}
		errs = append(errs, field.Required(where, fmt.Sprintf("at least one %s, or %s: true, else no pod can run", what, path.Child("schedulable"))))
	}
	return errs
}

// crossHostNames checks what cluster, pool and node names make together.
func crossHostNames(c *Config) field.ErrorList {
	var errs field.ErrorList
	names := HostNames{}
	if c.HasBastion() {
		names.Claim(c.BastionHost(), root("bastion").String())
	}
	for _, h := range c.hosts() {
		if len(h.name) > validation.DNS1123LabelMaxLength {
			errs = append(errs, field.Invalid(h.path, h.name, fmt.Sprintf("the host name has %d characters, at most %d are allowed", len(h.name), validation.DNS1123LabelMaxLength)))
		}
		if problem := names.Claim(h.name, h.path.String()); problem != "" {
			errs = append(errs, field.Invalid(h.path, h.name, problem))
		}
	}
	return errs
}

// crossAddresses checks fixed addresses against the subnet and each other.
func crossAddresses(c *Config) field.ErrorList {
	var errs field.ErrorList
	owners := map[netip.Addr]string{}
	check := func(address netip.Addr, path *field.Path, owner string) {
		if !address.IsValid() {
			return
		}
		if other, taken := owners[address]; taken {
			errs = append(errs, field.Invalid(path, address.String(), "is the address of "+other+" too"))
		}
		owners[address] = owner
		if rule := addressRule(address, c.Network.CIDR); rule != "" {
			errs = append(errs, field.Invalid(path, address.String(), rule))
		}
	}
	for _, h := range c.hosts() {
		check(h.node.Address, h.path.Child("address"), h.path.String())
	}
	if c.Endpoint.Type == EndpointKeepalived {
		check(c.Endpoint.Keepalived.Address, virtualAddress, virtualAddress.String())
	}
	return errs
}

// addressRule says why a node cannot have an address in a subnet, or nothing.
func addressRule(address netip.Addr, cidr netip.Prefix) string {
	if !usable(cidr) {
		return ""
	}
	first, last := subnet.Fixed(cidr)
	switch {
	case !cidr.Contains(address):
		return fmt.Sprintf("is not in %s %s", root("network").Child("cidr"), cidr)
	case address == subnet.Gateway(cidr):
		return fmt.Sprintf("is the gateway's: fixed addresses are %s to %s", first, last)
	case address.Less(first) || last.Less(address):
		return fmt.Sprintf("is not for nodes to choose: fixed addresses are %s to %s, Neutron hands out the rest", first, last)
	}
	return ""
}

// usable reports whether a subnet has a layout; if not, it was reported at its own path.
func usable(cidr netip.Prefix) bool {
	return cidr.IsValid() && cidr.Addr().Is4() && cidr.Bits() >= subnet.MinBits && cidr.Bits() <= subnet.MaxBits
}

// crossZones checks the nodes' zones against the listed ones.
func crossZones(c *Config) field.ErrorList {
	var errs field.ErrorList
	for _, h := range c.hosts() {
		path := h.path.Child("zone")
		switch {
		case len(c.OpenStack.Zones) == 0:
		case h.node.Zone == "":
			errs = append(errs, field.Required(path, fmt.Sprintf("the name %q ends in no number that would choose one of the %d zones", h.key, len(c.OpenStack.Zones))))
		case !slices.Contains(c.OpenStack.Zones, h.node.Zone):
			errs = append(errs, field.NotSupported(path, h.node.Zone, c.OpenStack.Zones))
		}
	}
	return errs
}
