// Package subnet lays out the addresses of the nodes' subnet: which is the
// gateway's, which are for ports that ask for a fixed one, and which Neutron
// hands out. Configuration and resources both go by it.
package subnet

import (
	"encoding/binary"
	"net/netip"
)

const (
	// MinBits is where a flat layer-2 network stops being sensible.
	MinBits = 16
	// MaxBits still leaves eleven addresses to Neutron.
	MaxBits = 28
	// maxReserved addresses at the start are not handed out. A small subnet
	// reserves a quarter instead.
	maxReserved = 256
)

// Gateway is the first address.
func Gateway(cidr netip.Prefix) netip.Addr { return at(cidr, 1) }

// Fixed is the range of addresses for ports that ask for theirs. Neutron never
// gives these to another port: not to a node without a fixed address, and not
// to its own DHCP servers, which take the lowest ones of Pool.
func Fixed(cidr netip.Prefix) (first, last netip.Addr) {
	return at(cidr, 2), at(cidr, reserved(cidr)-1)
}

// Pool is the range that Neutron hands out, up to the broadcast address.
func Pool(cidr netip.Prefix) (first, last netip.Addr) {
	return at(cidr, reserved(cidr)), at(cidr, size(cidr)-2)
}

// PoolSize is the number of addresses in Pool.
func PoolSize(cidr netip.Prefix) int { return int(size(cidr) - 1 - reserved(cidr)) }

func reserved(cidr netip.Prefix) uint32 { return min(size(cidr)/4, maxReserved) }

func size(cidr netip.Prefix) uint32 { return 1 << (32 - cidr.Bits()) }

// at returns the n-th address of an IPv4 range.
func at(cidr netip.Prefix, n uint32) netip.Addr {
	b := cidr.Masked().Addr().As4()
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+n)
	return netip.AddrFrom4(b)
}
