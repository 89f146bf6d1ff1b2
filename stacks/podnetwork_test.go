package stacks

import "testing"

// Without an overlay the cloud has to let packets of pods pass.
func TestWhatPodNetworksAskOfTheCloud(t *testing.T) {
	for kubernetes, want := range map[string]bool{
		`{"cni": "flannel"}`: false,
		`{"cni": "flannel", "flannel": {"backend": "host-gw"}}`: true,
		`{"cni": "neutron-routes"}`:                             true,
	} {
		settings := shipped(t, "dev")
		settings["slipway:kubernetes"], settings["slipway:cloudController"] = kubernetes, `{"enabled": true}`
		recorded := mustRun(t, "dev", settings)
		pair, _, _ := recorded.Get(t, "openstack:networking/port:Port", "dev-default-w1-port").Input("allowedAddressPairs[0].ipAddress")
		if (pair.IsString() && pair.StringValue() == "10.244.0.0/16") != want {
			t.Errorf("%s: the address pair of a node is %v", kubernetes, pair)
		}
	}
}
