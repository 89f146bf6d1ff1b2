package network

import (
	"net/netip"
	"testing"
)

func TestAllocationPool(t *testing.T) {
	tests := map[string][3]string{ // gateway, first, last
		"10.0.0.0/16":    {"10.0.0.1", "10.0.1.0", "10.0.255.254"},
		"10.0.4.9/22":    {"10.0.4.1", "10.0.5.0", "10.0.7.254"},
		"192.168.7.0/24": {"192.168.7.1", "192.168.7.64", "192.168.7.254"},
		"10.9.9.16/28":   {"10.9.9.17", "10.9.9.20", "10.9.9.30"},
	}
	for cidr, want := range tests {
		t.Run(cidr, func(t *testing.T) {
			p := netip.MustParsePrefix(cidr)
			first, last := allocationPool(p)
			if got := [3]string{gateway(p).String(), first.String(), last.String()}; got != want {
				t.Errorf("gateway, first, last = %v, want %v", got, want)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		mutate func(*NetworkArgs)
		want   string
	}{
		"valid":       {func(*NetworkArgs) {}, ""},
		"IPv6":        {func(a *NetworkArgs) { a.CIDR = netip.MustParsePrefix("fd00::/64") }, "CIDR fd00::/64: must be an IPv4 range"},
		"no range":    {func(a *NetworkArgs) { a.CIDR = netip.Prefix{} }, "CIDR invalid Prefix: must be an IPv4 range"},
		"too large":   {func(a *NetworkArgs) { a.CIDR = netip.MustParsePrefix("10.0.0.0/8") }, "CIDR 10.0.0.0/8: prefix length must be 16 to 28"},
		"too small":   {func(a *NetworkArgs) { a.CIDR = netip.MustParsePrefix("10.0.0.0/29") }, "CIDR 10.0.0.0/29: prefix length must be 16 to 28"},
		"MTU":         {func(a *NetworkArgs) { a.MTU = 576 }, "MTU 576: must be at least 1280"},
		"no external": {func(a *NetworkArgs) { a.ExternalNetworkID = "" }, "ExternalNetworkID is required"},
		"several": {func(a *NetworkArgs) { a.APIPort, a.ExternalNetworkID = 0, "" },
			"ExternalNetworkID is required\nAPIPort 0: must be 1 to 65535"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := baseline()
			tc.mutate(a)
			got := ""
			if err := a.validate(); err != nil {
				got = err.Error()
			}
			if got != tc.want {
				t.Errorf("validate() = %q, want %q", got, tc.want)
			}
		})
	}
}
