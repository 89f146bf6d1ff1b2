package stacks

import (
	"testing"

	"slipway/internal/pulumitest"
)

// Without an overlay the cloud has to let packets of pods pass; with routes in
// the router, they must not hold the network when it goes.
func TestWhatPodNetworksAskOfTheCloud(t *testing.T) {
	for kubernetes, want := range map[string]struct{ bare, routes bool }{
		`{"cni": "flannel"}`: {false, false},
		`{"cni": "flannel", "flannel": {"backend": "host-gw"}}`: {true, false},
		`{"cni": "neutron-routes"}`:                             {true, true},
	} {
		settings := shipped(t, "dev")
		settings["slipway:kubernetes"], settings["slipway:cloudController"] = kubernetes, `{"enabled": true}`
		recorded := mustRun(t, "dev", settings)
		pair, _, _ := recorded.Get(t, "openstack:networking/port:Port", "dev-default-w1-port").Input("allowedAddressPairs[0].ipAddress")
		if (pair.IsString() && pair.StringValue() == "10.244.0.0/16") != want.bare {
			t.Errorf("%s: the address pair of a node is %v", kubernetes, pair)
		}
		if got := forced(t, recorded); got != want.routes {
			t.Errorf("%s: routes go with the network: %v, want %v", kubernetes, got, want.routes)
		}
	}
}

func forced(t *testing.T, recorded *pulumitest.Recorded) bool {
	v, _, _ := recorded.Get(t, "openstack:networking/routerInterface:RouterInterface", "dev-router-interface").Input("forceDestroy")
	return v.IsBool() && v.BoolValue()
}
