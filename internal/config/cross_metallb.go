package config

import (
	"fmt"
	"slices"

	"go4.org/netipx"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/internal/subnet"
)

// nodePorts are ranges that nodes themselves listen on, which is nobody else's
// business: SSH, etcd, kubelet, kube-proxy and the controllers; that of the API
// is added.
var nodePorts = [][2]int{{22, 22}, {2379, 2381}, {10248, 10259}}

// maxAddressPairs is what Neutron's max_allowed_address_pair is unless it was set.
const maxAddressPairs = 10

// crossMetalLB checks the pools against everything else that has addresses.
func crossMetalLB(c *Config) field.ErrorList {
	m, path := c.MetalLB, root("metalLB")
	if !m.Enabled {
		return nil
	}
	var errs field.ErrorList
	if c.CloudController.LoadBalancers {
		errs = append(errs, field.Invalid(path.Child("enabled"), true, fmt.Sprintf("serves the same Services as %s does", root("cloudController").Child("loadBalancers"))))
	}
	ranges := m.pooledRanges()
	for i, r := range ranges {
		for _, other := range ranges[:i] {
			if r.Overlaps(other.IPRange) {
				errs = append(errs, field.Invalid(r.path, r.String(), fmt.Sprintf("overlaps %s %s", other.path, other.String())))
			}
		}
		errs = append(errs, c.checkPooled(r)...)
	}
	if n := len(m.AddressPairs()) + c.otherPairs(); !c.OnHosts() && n > maxAddressPairs {
		errs = append(errs, field.Invalid(path.Child("pools"), n, fmt.Sprintf(
			"are so many address pairs of each node's port, of which Neutron allows %d: ranges in CIDR notation take one each", maxAddressPairs)))
	}
	return append(errs, c.checkAccess()...)
}

// otherPairs is how many address pairs a port of a node has besides.
func (c *Config) otherPairs() int {
	n := 0
	if c.RoutesPods() {
		n++
	}
	if c.ControlPlane.Schedulable && c.Endpoint.Type == EndpointKeepalived {
		n++
	}
	return n
}

// checkPooled checks that nothing else has the addresses of a range.
func (c *Config) checkPooled(r pooled) field.ErrorList {
	var errs field.ErrorList
	refuse := func(why string) { errs = append(errs, field.Invalid(r.path, r.String(), why)) }
	for _, h := range c.hosts() {
		if r.Contains(h.node.Address) {
			refuse(fmt.Sprintf("has the address %s of %s", h.node.Address, h.path))
		}
	}
	if vip := c.Endpoint.Keepalived.Address; c.Endpoint.Type == EndpointKeepalived && r.Contains(vip) {
		refuse(fmt.Sprintf("has the address %s of %s", vip, virtualAddress))
	}
	for _, own := range c.ranges()[1:] {
		if own.cidr.IsValid() && r.Overlaps(netipx.RangeOfPrefix(own.cidr)) {
			refuse(fmt.Sprintf("overlaps %s %s", own.path, own.cidr))
		}
	}
	if c.OnHosts() || !usable(c.Network.CIDR) {
		return errs
	}
	if first, last := subnet.Fixed(c.Network.CIDR); r.From().Less(first) || last.Less(r.To()) {
		refuse(fmt.Sprintf("must be among the fixed addresses of %s, %s to %s: Neutron hands out the rest", root("network").Child("cidr"), first, last))
	}
	return errs
}

// checkAccess keeps what nodes themselves listen on closed.
func (c *Config) checkAccess() field.ErrorList {
	own := func(port int) bool {
		return port == c.Endpoint.Port || port == c.APIServerPort() ||
			slices.ContainsFunc(nodePorts, func(r [2]int) bool { return r[0] <= port && port <= r[1] })
	}
	var errs field.ErrorList
	for i, access := range c.MetalLB.Access {
		for j, port := range access.Ports {
			if own(port) {
				errs = append(errs, field.Invalid(root("metalLB").Child("access").Index(i).Child("ports").Index(j), port, "is a port of the nodes themselves, which would be opened too"))
			}
		}
	}
	return errs
}
