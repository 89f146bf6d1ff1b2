package stacks

import (
	"testing"

	"slipway/internal/config"
)

// Without an overlay the cloud has to let packets of pods pass.
func TestWhatPodNetworksAskOfTheCloud(t *testing.T) {
	haveSources(t)
	for kubernetes, want := range map[string]bool{
		`{"cni": "flannel"}`: false,
		`{"cni": "flannel", "flannel": {"backend": "host-gw"}}`: true,
		`{"cni": "neutron-routes"}`:                             true,
		`{"cni": "cilium"}`:                                     false,
		`{"cni": "calico"}`:                                     false,
		`{"cni": "cilium", "cilium": {"mode": "native"}}`:       true,
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

// Two operators need two nodes, as each is on one of its own.
func TestOperatorsOfCilium(t *testing.T) {
	for nodes, want := range map[string]int{`{}`: 1, `{"default": {"flavor": "slipway.worker", "nodes": {"w1": {}}}}`: 2} {
		settings := shipped(t, "dev")
		settings["slipway:kubernetes"], settings["slipway:workerPools"] = `{"cni": "cilium"}`, nodes
		cfg, _ := config.Load(settings)
		if got := ciliumArgs(cfg).Operators; got != want {
			t.Errorf("%s: %d operators, want %d", nodes, got, want)
		}
	}
}
