package config

import (
	"net/netip"
	"strings"

	"go4.org/netipx"
)

// AddressRange is one address, several as first-last, or a range in CIDR
// notation.
type AddressRange struct{ netipx.IPRange }

// UnmarshalText reads any of the three notations.
func (r *AddressRange) UnmarshalText(text []byte) error {
	var err error
	switch s := string(text); {
	case strings.Contains(s, "-"):
		r.IPRange, err = netipx.ParseIPRange(s)
	case strings.Contains(s, "/"):
		var prefix netip.Prefix
		prefix, err = netip.ParsePrefix(s)
		r.IPRange = netipx.RangeOfPrefix(prefix)
	default:
		var address netip.Addr
		address, err = netip.ParseAddr(s)
		r.IPRange = netipx.IPRangeFrom(address, address)
	}
	return err
}

// String is the range as people write it.
func (r AddressRange) String() string {
	if r.From() == r.To() {
		return r.From().String()
	}
	return r.IPRange.String()
}

// size is the number of addresses, or most if there are more.
func (r AddressRange) size(most int) int {
	n := 0
	for a := r.From(); n < most && a.IsValid() && a.Compare(r.To()) <= 0; a = a.Next() {
		n++
	}
	return n
}
