package network

import (
	"net/netip"
	"testing"
)

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		mutate func(*NetworkArgs)
		want   string
	}{
		"valid":          {func(*NetworkArgs) {}, ""},
		"IPv6":           {func(a *NetworkArgs) { a.CIDR = netip.MustParsePrefix("fd00::/64") }, "CIDR fd00::/64: must be an IPv4 range"},
		"no range":       {func(a *NetworkArgs) { a.CIDR = netip.Prefix{} }, "CIDR invalid Prefix: must be an IPv4 range"},
		"too large":      {func(a *NetworkArgs) { a.CIDR = netip.MustParsePrefix("10.0.0.0/8") }, "CIDR 10.0.0.0/8: prefix length must be 16 to 28"},
		"too small":      {func(a *NetworkArgs) { a.CIDR = netip.MustParsePrefix("10.0.0.0/29") }, "CIDR 10.0.0.0/29: prefix length must be 16 to 28"},
		"no external":    {func(a *NetworkArgs) { a.ExternalNetworkID = "" }, "ExternalNetworkID is required"},
		"shared":         {func(a *NetworkArgs) { a.ExternalNetworkID, a.Shared = "", &Shared{"n", "s", "r", 1450} }, ""},
		"shared in part": {func(a *NetworkArgs) { a.Shared = &Shared{NetworkID: "n", SubnetID: "s", MTU: 1450} }, "a Shared network has ids and an MTU"},
		"alone":          {func(a *NetworkArgs) { a.APIPort, a.Alone = 0, true }, ""},
		"both":           {func(a *NetworkArgs) { a.Shared, a.Alone = &Shared{"n", "s", "r", 1450}, true }, "at most one of Alone and Shared is possible"},
		"several": {
			func(a *NetworkArgs) { a.APIPort, a.ExternalNetworkID = 0, "" },
			"ExternalNetworkID is required\nAPIPort 0: must be 1 to 65535",
		},
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
