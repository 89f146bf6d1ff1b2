package subnet

import (
	"fmt"
	"net/netip"
	"testing"
)

func TestLayout(t *testing.T) {
	tests := map[string]string{
		"10.0.0.0/16":    "gateway 10.0.0.1, fixed 10.0.0.2-10.0.0.255, pool 10.0.1.0-10.0.255.254 (65279)",
		"10.0.0.0/22":    "gateway 10.0.0.1, fixed 10.0.0.2-10.0.0.255, pool 10.0.1.0-10.0.3.254 (767)",
		"10.1.2.0/24":    "gateway 10.1.2.1, fixed 10.1.2.2-10.1.2.63, pool 10.1.2.64-10.1.2.254 (191)",
		"10.1.2.16/28":   "gateway 10.1.2.17, fixed 10.1.2.18-10.1.2.19, pool 10.1.2.20-10.1.2.30 (11)",
		"192.168.5.7/24": "gateway 192.168.5.1, fixed 192.168.5.2-192.168.5.63, pool 192.168.5.64-192.168.5.254 (191)",
	}
	for cidr, want := range tests {
		t.Run(cidr, func(t *testing.T) {
			p := netip.MustParsePrefix(cidr)
			fixedFirst, fixedLast := Fixed(p)
			poolFirst, poolLast := Pool(p)
			got := fmt.Sprintf("gateway %s, fixed %s-%s, pool %s-%s (%d)", Gateway(p), fixedFirst, fixedLast, poolFirst, poolLast, PoolSize(p))
			if got != want {
				t.Errorf("layout is\n%s, want\n%s", got, want)
			}
		})
	}
}
