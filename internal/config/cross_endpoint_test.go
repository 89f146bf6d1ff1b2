package config

import "testing"

// Each case is the baseline with another endpoint, etcd or control plane, and
// what is then wrong.
func TestCrossEndpoint(t *testing.T) {
	tests := map[string]struct{ key, value, want string }{
		"VIP": {"slipway:endpoint", "{type: keepalived}", ""},
		"VIP outside the subnet": {"slipway:endpoint", "{type: keepalived, keepalived: {address: 192.168.0.2}}",
			`slipway:endpoint.keepalived.address: Invalid value: "192.168.0.2": is not in slipway:network.cidr 10.0.0.0/16`},
		"VIP among the addresses that Neutron hands out": {"slipway:endpoint", "{type: keepalived, keepalived: {address: 10.0.7.7}}",
			`slipway:endpoint.keepalived.address: Invalid value: "10.0.7.7": is not for nodes to choose: fixed addresses are 10.0.0.2 to 10.0.0.255, Neutron hands out the rest`},
		"VIP at the gateway": {"slipway:endpoint", "{type: keepalived, keepalived: {address: 10.0.0.1}}",
			`slipway:endpoint.keepalived.address: Invalid value: "10.0.0.1": is the gateway's: fixed addresses are 10.0.0.2 to 10.0.0.255`},
		"virtual router id too large": {"slipway:endpoint", "{type: keepalived, keepalived: {virtualRouterID: 256}}",
			`slipway:endpoint.keepalived.virtualRouterID: Invalid value: 256: must be between 1 and 255`},
		"virtual router id too small": {"slipway:endpoint", "{type: keepalived, keepalived: {virtualRouterID: -1}}",
			`slipway:endpoint.keepalived.virtualRouterID: Invalid value: -1: must be between 1 and 255`},
		"port of the API servers on the same nodes": {"slipway:endpoint", "{type: keepalived, port: 6443}",
			`slipway:endpoint.port: Invalid value: 6443: is the port of the API servers, which share their nodes with HAProxy: choose another, or give HAProxy nodes of its own`},
		"the same port on nodes of its own": {"slipway:endpoint", "{type: keepalived, port: 6443, keepalived: {proxies: {flavor: small, nodes: {p1: {}, p2: {}}}}}", ""},
		"proxies without a VIP": {"slipway:endpoint", "{type: direct, keepalived: {proxies: {flavor: small, nodes: {p1: {}}}}}",
			`slipway:endpoint.keepalived: Forbidden: belongs to slipway:endpoint.type: keepalived, but it is direct`},
		"proxies without nodes": {"slipway:endpoint", "{type: keepalived, keepalived: {proxies: {flavor: small}}}",
			`slipway:endpoint.keepalived.proxies.nodes: Required value: at least one node, e.g. {p1: {}}`},
		"driver without a load balancer": {"slipway:endpoint", "{type: keepalived, octavia: {provider: ovn}}",
			`slipway:endpoint.octavia: Forbidden: belongs to slipway:endpoint.type: octavia, but it is keepalived`},
		"address without floating IP": {"slipway:endpoint", "{floatingIPAddress: 203.0.113.7}",
			`slipway:endpoint.floatingIPAddress: Forbidden: needs slipway:endpoint.floatingIP: true`},
		"four etcd nodes": {"slipway:etcd", "{flavor: medium, nodes: {e1: {}, e2: {}, e3: {}, e4: {}}}",
			`slipway:etcd.nodes: Invalid value: 4: must be an odd number of nodes: etcd survives no more failures with one node more`},
		"etcd flavor without nodes": {"slipway:etcd", "{flavor: medium}",
			`slipway:etcd.nodes: Required value: the nodes that flavor and image are for`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(with(t, tt.key, tt.value))
			checkProblems(t, problems, tt.want)
		})
	}
}

// The id is judged even where the network, and so the address, is not known.
func TestVirtualRouterWithoutANetwork(t *testing.T) {
	raw := with(t, "slipway:endpoint", "{type: keepalived, keepalived: {virtualRouterID: 256}}")
	raw["slipway:network"] = `{"cidr": "10.0.0.0/33"}`
	_, problems := Load(raw)
	checkProblems(t, problems, `slipway:network.cidr: Invalid value: "10.0.0.0/33": must be an address range such as 10.0.0.0/16
slipway:endpoint.keepalived.virtualRouterID: Invalid value: 256: must be between 1 and 255`)
}

func TestVIPAtANodesAddress(t *testing.T) {
	raw := with(t, "slipway:endpoint", "{type: keepalived, keepalived: {address: 10.0.0.20}}")
	raw["slipway:workerPools"] = `{"default": {"flavor": "large", "nodes": {"w1": {"address": "10.0.0.20"}}}}`
	_, problems := Load(raw)
	checkProblems(t, problems, `slipway:endpoint.keepalived.address: Invalid value: "10.0.0.20": is the address of slipway:workerPools[default].nodes[w1] too`)
}

// Systems without packages cannot have the two programs.
func TestVIPNeedsPackages(t *testing.T) {
	raw := with(t, "slipway:endpoint", "{type: keepalived}")
	raw["slipway:openstack"] = `{"externalNetwork": "public", "image": "flatcar", "os": "flatcar", "zones": ["az1", "az2"]}`
	_, problems := Load(raw)
	checkProblems(t, problems, `slipway:endpoint.type: Invalid value: "keepalived": needs HAProxy and Keepalived on its nodes, which flatcar cannot install`)
}
