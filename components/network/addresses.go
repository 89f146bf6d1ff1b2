package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// minPrefixLen is where a flat layer-2 network stops being sensible.
	minPrefixLen = 16
	// maxPrefixLen still leaves eleven addresses to DHCP.
	maxPrefixLen = 28
	// maxReserved addresses at the start of the subnet are never handed out by
	// DHCP: they are for fixed ones (a virtual IP, nodes with an address in
	// the config). A small subnet reserves a quarter instead.
	maxReserved = 256
	// minMTU is what IPv4 requires of every link (RFC 791) plus room for an overlay.
	minMTU = 1280
)

func (a *NetworkArgs) validate() error {
	var errs []error
	switch {
	case !a.CIDR.IsValid() || !a.CIDR.Addr().Is4():
		errs = append(errs, fmt.Errorf("CIDR %v: must be an IPv4 range", a.CIDR))
	case a.CIDR.Bits() < minPrefixLen || a.CIDR.Bits() > maxPrefixLen:
		errs = append(errs, fmt.Errorf("CIDR %v: prefix length must be %d to %d", a.CIDR, minPrefixLen, maxPrefixLen))
	}
	if a.MTU != 0 && a.MTU < minMTU {
		errs = append(errs, fmt.Errorf("MTU %d: must be at least %d", a.MTU, minMTU))
	}
	if a.ExternalNetworkID == "" {
		errs = append(errs, errors.New("ExternalNetworkID is required"))
	}
	if a.APIPort < 1 || a.APIPort > 65535 {
		errs = append(errs, fmt.Errorf("APIPort %d: must be 1 to 65535", a.APIPort))
	}
	return errors.Join(errs...)
}

// gateway is the first address of the subnet.
func gateway(cidr netip.Prefix) netip.Addr {
	return cidr.Masked().Addr().Next()
}

// allocationPool returns the first and last address that DHCP hands out: all
// but the reserved start of the subnet and its broadcast address.
func allocationPool(cidr netip.Prefix) (first, last netip.Addr) {
	size := uint32(1) << (32 - cidr.Bits())
	start := cidr.Masked().Addr()
	return offset(start, min(size/4, maxReserved)), offset(start, size-2)
}

// offset returns the n-th address after an IPv4 address.
func offset(a netip.Addr, n uint32) netip.Addr {
	b := a.As4()
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+n)
	return netip.AddrFrom4(b)
}

func addresses(addrs []netip.Addr) pulumi.StringArray {
	out := make(pulumi.StringArray, 0, len(addrs))
	for _, a := range addrs {
		out = append(out, pulumi.String(a.String()))
	}
	return out
}
