package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
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
