package config

import (
	"maps"
	"net/netip"
	"slices"

	"go4.org/netipx"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

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
