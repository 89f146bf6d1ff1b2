package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"go4.org/netipx"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/internal/subnet"
)

// MetalLB gives Services of type LoadBalancer addresses in the nodes' network.
type MetalLB struct {
	// Enabled runs MetalLB. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// Pools are the addresses that Services get, by name. Required if it is enabled.
	Pools map[string]AddressPool `json:"pools,omitempty"`
	// Access opens ports of Services to clients that are no nodes of the cluster.
	// Optional: nobody else reaches them. On existing hosts nothing is closed.
	Access []ServiceAccess `json:"access,omitempty"`
}

// AddressPool is a set of addresses that nothing else in the network has.
type AddressPool struct {
	// Addresses are single ones, ranges such as 10.0.0.240-10.0.0.250, and those
	// in CIDR notation. Required.
	Addresses []AddressRange `json:"addresses,omitempty"`
	// OnRequest gives an address only to Services that ask for it or for the pool.
	// Optional. Defaults to false.
	OnRequest bool `json:"onRequest,omitempty"`
	// FloatingIPs puts a floating IP on each address, for clients outside the
	// network. Optional. Defaults to false.
	FloatingIPs bool `json:"floatingIPs,omitempty"`
}

// ServiceAccess admits clients to ports of Services.
type ServiceAccess struct {
	// From are the clients' ranges. Required.
	From []netip.Prefix `json:"from"`
	// Ports are those of Services. Required.
	Ports []int `json:"ports"`
	// Protocol of the ports. Optional. Defaults to "tcp".
	Protocol Protocol `json:"protocol,omitempty"`
}

// Protocol is what a port speaks.
type Protocol string

// The protocols.
const (
	ProtocolTCP Protocol = "tcp"
	ProtocolUDP Protocol = "udp"
)

// maxPoolSize bounds what one range may have. Each address has a port in Neutron.
const maxPoolSize = 256

// nodePorts are what nodes themselves listen on, which is nobody else's business:
// SSH, etcd, kubelet, kube-proxy and the controllers. That of the API is added.
var nodePorts = []struct{ first, last int }{{22, 22}, {2379, 2381}, {10248, 10259}}

func (c *Config) setMetalLB() {
	for i := range c.MetalLB.Access {
		setDefault(&c.MetalLB.Access[i].Protocol, ProtocolTCP)
	}
}

func validateMetalLB(m MetalLB, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if m.Enabled && len(m.Pools) == 0 {
		errs = append(errs, field.Required(path.Child("pools"), "at least one pool of addresses that nothing else in the nodes' network has"))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Pools)) {
		at := path.Child("pools").Key(name)
		for _, problem := range validation.IsDNS1123Label(name) {
			errs = append(errs, field.Invalid(at, name, problem))
		}
		if len(m.Pools[name].Addresses) == 0 {
			errs = append(errs, field.Required(at.Child("addresses"), "at least one address"))
		}
		for i, r := range m.Pools[name].Addresses {
			errs = append(errs, validatePoolRange(r, at.Child("addresses").Index(i))...)
		}
	}
	for i, access := range m.Access {
		errs = append(errs, validateServiceAccess(access, path.Child("access").Index(i))...)
	}
	return errs
}

func validatePoolRange(r AddressRange, path *field.Path) field.ErrorList {
	switch {
	case !r.IsValid(): // was reported where it was read
		return nil
	case !r.From().Is4():
		return field.ErrorList{field.Invalid(path, r.String(), "must be IPv4")}
	case r.size(maxPoolSize+1) > maxPoolSize:
		return field.ErrorList{field.Invalid(path, r.String(), fmt.Sprintf("has more than %d addresses", maxPoolSize))}
	}
	return nil
}

func validateServiceAccess(a ServiceAccess, path *field.Path) field.ErrorList {
	errs := validateOneOf(a.Protocol, path.Child("protocol"), ProtocolTCP, ProtocolUDP)
	if len(a.From) == 0 {
		errs = append(errs, field.Required(path.Child("from"), "the ranges of the clients"))
	}
	if len(a.Ports) == 0 {
		errs = append(errs, field.Required(path.Child("ports"), "the ports of Services"))
	}
	for i, port := range a.Ports {
		for _, problem := range validation.IsValidPortNum(port) {
			errs = append(errs, field.Invalid(path.Child("ports").Index(i), port, problem))
		}
	}
	return errs
}

// pooled is a range of a pool, and its path.
type pooled struct {
	AddressRange
	path *field.Path
	pool AddressPool
}

// pooledRanges lists the well-formed ranges of all pools, ordered by name.
func (m MetalLB) pooledRanges() []pooled {
	var all []pooled
	for _, name := range slices.Sorted(maps.Keys(m.Pools)) {
		for i, r := range m.Pools[name].Addresses {
			if r.IsValid() && r.From().Is4() && r.size(maxPoolSize+1) <= maxPoolSize {
				all = append(all, pooled{r, root("metalLB").Child("pools").Key(name).Child("addresses").Index(i), m.Pools[name]})
			}
		}
	}
	return all
}

// Addresses are those of all pools, in order.
func (m MetalLB) Addresses() []netip.Addr {
	return m.addresses(func(AddressPool) bool { return true })
}

// PublicAddresses are those that get floating IPs, in order.
func (m MetalLB) PublicAddresses() []netip.Addr {
	return m.addresses(func(p AddressPool) bool { return p.FloatingIPs })
}

func (m MetalLB) addresses(of func(AddressPool) bool) []netip.Addr {
	if !m.Enabled {
		return nil
	}
	var all []netip.Addr
	for _, r := range m.pooledRanges() {
		for a := r.From(); of(r.pool) && a.Compare(r.To()) <= 0; a = a.Next() {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return slices.Compact(all)
}

// AddressPairs are the ranges that cover the addresses of all pools, and no other.
func (m MetalLB) AddressPairs() []netip.Prefix {
	if !m.Enabled {
		return nil
	}
	var set netipx.IPSetBuilder
	for _, r := range m.pooledRanges() {
		set.AddRange(r.IPRange)
	}
	all, err := set.IPSet()
	if err != nil {
		return nil // only ranges that are not valid make one
	}
	return all.Prefixes()
}

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
	closed := append(slices.Clone(nodePorts), struct{ first, last int }{c.Endpoint.Port, c.Endpoint.Port}, struct{ first, last int }{c.APIServerPort(), c.APIServerPort()})
	var errs field.ErrorList
	for i, access := range c.MetalLB.Access {
		for j, port := range access.Ports {
			for _, own := range closed {
				if own.first <= port && port <= own.last {
					errs = append(errs, field.Invalid(root("metalLB").Child("access").Index(i).Child("ports").Index(j), port, "is a port of the nodes themselves, which would be opened too"))
					break
				}
			}
		}
	}
	return errs
}
