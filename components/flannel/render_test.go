package flannel

import (
	"testing"

	"slipway/internal/golden"
)

func TestRender(t *testing.T) {
	tests := map[string]func(*FlannelArgs){
		"vxlan":     func(*FlannelArgs) {},
		"vxlan-mtu": func(a *FlannelArgs) { a.MTU = 1450 },
		"nftables":  func(a *FlannelArgs) { a.EnableNFTables = true },
		// These backends have no such setting: they take the interface's MTU.
		"host-gw": func(a *FlannelArgs) { a.Backend, a.MTU = HostGW, 1450 },
		"alloc":   func(a *FlannelArgs) { a.Backend, a.MTU = Alloc, 1450 },
	}
	for name, mutate := range tests {
		t.Run(name, func(t *testing.T) {
			args := baseline()
			mutate(args)
			files, err := render(args)
			if err != nil {
				t.Fatal(err)
			}
			golden.Assert(t, name+".net-conf.json", files.Net)
			golden.Assert(t, "cni-conf.json", files.CNI)
		})
	}
}
