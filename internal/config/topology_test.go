package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// behindVIP is the baseline with a virtual address and one more key put in place
// of its own.
func behindVIP(t *testing.T, key, value string) map[string]string {
	t.Helper()
	raw := with(t, key, value)
	if _, own := raw["slipway:endpoint"]; !own {
		raw["slipway:endpoint"] = `{"type": "keepalived"}`
	}
	return raw
}

func TestVIPDefaults(t *testing.T) {
	tests := map[string]struct {
		key, value   string
		address      string
		router, port int
	}{
		"first fixed address": {"slipway:network", "{cidr: 10.20.0.64/26}", "10.20.0.66", 66, 8443},
		"router by address":   {"slipway:endpoint", "{type: keepalived, keepalived: {address: 10.0.0.77}}", "10.0.0.77", 77, 8443},
		"all of one's own":    {"slipway:endpoint", "{type: keepalived, port: 443, keepalived: {address: 10.0.0.77, virtualRouterID: 255}}", "10.0.0.77", 255, 443},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := mustLoad(t, behindVIP(t, tt.key, tt.value)).Endpoint
			if e.Keepalived.Address.String() != tt.address || e.Keepalived.VirtualRouterID != tt.router || e.Port != tt.port {
				t.Errorf("endpoint is %+v at %d, want %s, router %d at %d", e.Keepalived, e.Port, tt.address, tt.router, tt.port)
			}
		})
	}
}

// machinesOf is a kind of machine with so many nodes.
func machinesOf(count int) string {
	var names []string
	for i := range count {
		names = append(names, fmt.Sprintf("n%d: {}", i+1))
	}
	return "{flavor: medium, nodes: {" + strings.Join(names, ", ") + "}}"
}

// Each case is the baseline with a virtual address, and one key replaced: the
// rules hold for every kind of machine that a topology may have.
func TestTopologies(t *testing.T) {
	tests := map[string]struct{ key, value, want string }{
		"address of a control plane": {"slipway:controlPlane", "{flavor: medium, nodes: {cp1: {address: 10.0.0.2}}}",
			`slipway:endpoint.keepalived.address: Invalid value: "10.0.0.2": is the address of slipway:controlPlane.nodes[cp1] too`},
		"address of a proxy": {"slipway:endpoint", "{type: keepalived, keepalived: {address: 10.0.0.9, proxies: {flavor: small, nodes: {p1: {address: 10.0.0.9}}}}}",
			`slipway:endpoint.keepalived.address: Invalid value: "10.0.0.9": is the address of slipway:endpoint.keepalived.proxies.nodes[p1] too`},
		"address of an etcd node": {"slipway:etcd", "{flavor: large, nodes: {e1: {address: 10.0.0.2}}}",
			`slipway:endpoint.keepalived.address: Invalid value: "10.0.0.2": is the address of slipway:etcd.nodes[e1] too`},
		"zone of a proxy": {"slipway:endpoint", "{type: keepalived, keepalived: {proxies: {flavor: small, nodes: {p1: {zone: az3}}}}}",
			`slipway:endpoint.keepalived.proxies.nodes[p1].zone: Unsupported value: "az3": supported values: "az1", "az2"`},
		"zone of an etcd node": {"slipway:etcd", "{flavor: large, nodes: {e1: {zone: az3}}}",
			`slipway:etcd.nodes[e1].zone: Unsupported value: "az3": supported values: "az1", "az2"`},
		"etcd nodes without flavor": {"slipway:etcd", "{nodes: {e1: {}}}",
			`slipway:etcd.flavor: Required value: the name of a flavor (openstack flavor list)`},
		"proxies without flavor": {"slipway:endpoint", "{type: keepalived, keepalived: {proxies: {nodes: {p1: {}}}}}",
			`slipway:endpoint.keepalived.proxies.flavor: Required value: the name of a flavor (openstack flavor list)`},
		"port of HAProxy's metrics": {"slipway:endpoint", "{type: keepalived, port: 9101}",
			`slipway:endpoint.port: Invalid value: 9101: is the port of HAProxy's metrics on the same node`},
		"even number of control planes": {"slipway:controlPlane", machinesOf(4),
			`slipway:controlPlane.nodes: Invalid value: 4: must be an odd number of nodes: etcd survives no more failures with one node more`},
		"as many holders as priorities tell apart": {"slipway:controlPlane", machinesOf(9), ""},
		"more control planes than that": {"slipway:controlPlane", machinesOf(11),
			`slipway:endpoint.type: Invalid value: "keepalived": has at most 9 nodes to hold its address, but there are 11`},
		"more proxies than that": {"slipway:endpoint", "{type: keepalived, keepalived: {proxies: " + machinesOf(10) + "}}",
			`slipway:endpoint.type: Invalid value: "keepalived": has at most 9 nodes to hold its address, but there are 10`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(behindVIP(t, tt.key, tt.value))
			checkProblems(t, problems, tt.want)
		})
	}
}

// A pool may be called like a set of machines that are no nodes.
func TestHostNamesOfProxiesAndEtcdNodes(t *testing.T) {
	raw := with(t, "slipway:workerPools", "{proxy: {flavor: large, nodes: {p1: {}}}, etcd: {flavor: large, nodes: {e1: {}}}}")
	raw["slipway:endpoint"] = `{"type": "keepalived", "keepalived": {"proxies": {"flavor": "small", "nodes": {"p1": {}}}}}`
	raw["slipway:etcd"] = `{"flavor": "large", "nodes": {"e1": {}}}`
	_, problems := Load(raw)
	checkProblems(t, problems, `slipway:workerPools[etcd].nodes[e1]: Invalid value: "dev-etcd-e1": is the host name of slipway:etcd.nodes[e1] too
slipway:workerPools[proxy].nodes[p1]: Invalid value: "dev-proxy-p1": is the host name of slipway:endpoint.keepalived.proxies.nodes[p1] too`)
}

// Machines that only some topologies have are looked up in the cloud like all others.
func TestCheckCloudOfProxiesAndEtcdNodes(t *testing.T) {
	raw := behindVIP(t, "slipway:endpoint", "{type: keepalived, keepalived: {proxies: {flavor: huge, nodes: {p1: {zone: az9}}}}}")
	raw["slipway:openstack"] = `{"externalNetwork": "public", "image": "debian-12"}`
	raw["slipway:etcd"] = `{"flavor": "tiny", "image": "alpine", "nodes": {"e1": {}}}`
	checkProblems(t, mustLoad(t, raw).CheckCloud(facts()), `slipway:endpoint.keepalived.proxies.flavor: Invalid value: "huge": does not exist for this project (openstack flavor list)
slipway:etcd.flavor: Invalid value: "tiny": is too small: 512 MB of memory (needs 1024), 5 GB of disk (needs 10)
slipway:etcd.image: Invalid value: "alpine": does not exist for this project (openstack image list)
slipway:endpoint.keepalived.proxies.nodes[p1].zone: Unsupported value: "az9": supported values: "az1", "az2", "nova"`)
}

// Without a bastion nothing is looked up for it, and its name is free.
func TestNoBastion(t *testing.T) {
	for _, none := range []string{"", "{}"} {
		raw := with(t, "slipway:controlPlane", "{flavor: medium, nodes: {bastion: {zone: az1}}}")
		raw["slipway:bastion"] = none
		c := mustLoad(t, raw)
		if got := c.CloudNames().Flavors; c.HasBastion() || !slices.Equal(got, []string{"large", "medium"}) {
			t.Errorf("bastion: %q leads to one: %v; flavors are %v", none, c.HasBastion(), got)
		}
		raw["slipway:access"] = `{"api": ["192.0.2.0/24"]}`
		_, problems := Load(raw)
		checkProblems(t, problems, `slipway:access.ssh: Required value: the ranges that may log in by SSH, e.g. [192.0.2.0/24]`)
	}
}

// Half a bastion is a mistake, not none.
func TestBastionWithoutFlavor(t *testing.T) {
	_, problems := Load(with(t, "slipway:bastion", "{image: alpine}"))
	checkProblems(t, problems, `slipway:bastion.flavor: Required value: the name of a flavor (openstack flavor list)`)
}

func TestSystemNodes(t *testing.T) {
	for pools, want := range map[string]int{
		"{a: {flavor: x, nodes: {w1: {}, w2: {}}}}":                                                                        3,
		"{a: {flavor: x, nodes: {w1: {}}, taints: [{key: k, effect: NoSchedule}]}}":                                        1,
		"{a: {flavor: x, nodes: {w1: {}}, taints: [{key: k, effect: PreferNoSchedule}]}, b: {flavor: x, nodes: {w1: {}}}}": 3,
	} {
		if got := mustLoad(t, with(t, "slipway:workerPools", pools)).SystemNodes(); got != want {
			t.Errorf("%s: %d nodes, want %d", pools, got, want)
		}
	}
}
