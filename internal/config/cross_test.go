package config

import (
	"maps"
	"strings"
	"testing"
)

// Each case is the baseline with one key replaced, which is wrong only beside the others.
func TestCrossRules(t *testing.T) {
	tests := map[string]struct{ key, value, want string }{
		"pods in the nodes' network": {"slipway:kubernetes", "{podCIDR: 10.0.128.0/20}",
			`slipway:kubernetes.podCIDR: Invalid value: "10.0.128.0/20": overlaps slipway:network.cidr 10.0.0.0/16`},
		"services around the pods": {"slipway:kubernetes", "{podCIDR: 10.96.4.0/22}",
			`slipway:kubernetes.serviceCIDR: Invalid value: "10.96.0.0/16": overlaps slipway:kubernetes.podCIDR 10.96.4.0/22`},
		"all three": {"slipway:kubernetes", "{podCIDR: 10.0.0.0/12, serviceCIDR: 10.0.0.0/14}",
			`slipway:kubernetes.podCIDR: Invalid value: "10.0.0.0/12": overlaps slipway:network.cidr 10.0.0.0/16
slipway:kubernetes.serviceCIDR: Invalid value: "10.0.0.0/14": overlaps slipway:network.cidr 10.0.0.0/16
slipway:kubernetes.serviceCIDR: Invalid value: "10.0.0.0/14": overlaps slipway:kubernetes.podCIDR 10.0.0.0/12`},
		"name server among the services": {"slipway:network", "{dnsServers: [192.0.2.53, 10.96.0.10]}",
			`slipway:network.dnsServers[1]: Invalid value: "10.96.0.10": is inside slipway:kubernetes.serviceCIDR 10.96.0.0/16: nodes cannot reach it`},
		"more nodes than pod ranges": {"slipway:kubernetes", "{podCIDR: 10.244.0.0/23}",
			`slipway:kubernetes.podCIDR: Invalid value: "10.244.0.0/23": has a /24 for 2 nodes, not 3`},
		"MTU too small for vxlan": {"slipway:network", "{mtu: 1300}",
			`slipway:network.mtu: Invalid value: 1300: must be at least 1330 where flannel carries pods in vxlan, which takes 50 bytes of each packet`},

		"two control planes": {"slipway:controlPlane", "{flavor: medium, nodes: {cp1: {}, cp2: {}}}",
			`slipway:controlPlane.nodes: Invalid value: 2: must be an odd number of nodes: etcd survives no more failures with one node more
slipway:endpoint.type: Invalid value: "direct": is the address of the only control-plane node, but there are 2`},
		"three control planes, one address": {"slipway:controlPlane", "{flavor: medium, nodes: {cp1: {}, cp2: {}, cp3: {}}}",
			`slipway:endpoint.type: Invalid value: "direct": is the address of the only control-plane node, but there are 3`},
		"no room for pods": {"slipway:workerPools", "{}",
			`slipway:workerPools: Required value: at least one pool, or slipway:controlPlane.schedulable: true, else no pod can run`},

		"host name too long": {"slipway:workerPools", "{" + strings.Repeat("p", 50) + ": {flavor: large, nodes: {worker0001: {}}}}",
			`slipway:workerPools[` + strings.Repeat("p", 50) + `].nodes[worker0001]: Invalid value: "dev-` + strings.Repeat("p", 50) + `-worker0001": the host name has 65 characters, at most 63 are allowed`},
		"host name of two nodes": {"slipway:controlPlane", "{flavor: medium, nodes: {default-w1: {}}}",
			`slipway:workerPools[default].nodes[w1]: Invalid value: "dev-default-w1": is the host name of slipway:controlPlane.nodes[default-w1] too`},
		"host name of the bastion": {"slipway:controlPlane", "{flavor: medium, nodes: {bastion: {zone: az1}}}",
			`slipway:controlPlane.nodes[bastion]: Invalid value: "dev-bastion": is the host name of slipway:bastion too`},

		"address outside the subnet": {"slipway:controlPlane", "{flavor: medium, nodes: {cp1: {address: 10.1.0.10}}}",
			`slipway:controlPlane.nodes[cp1].address: Invalid value: "10.1.0.10": is not in slipway:network.cidr 10.0.0.0/16`},
		"address of the gateway": {"slipway:controlPlane", "{flavor: medium, nodes: {cp1: {address: 10.0.0.1}}}",
			`slipway:controlPlane.nodes[cp1].address: Invalid value: "10.0.0.1": is the gateway's: fixed addresses are 10.0.0.2 to 10.0.0.255`},
		"address of the subnet": {"slipway:controlPlane", "{flavor: medium, nodes: {cp1: {address: 10.0.0.0}}}",
			`slipway:controlPlane.nodes[cp1].address: Invalid value: "10.0.0.0": is not for nodes to choose: fixed addresses are 10.0.0.2 to 10.0.0.255, Neutron hands out the rest`},
		"address that Neutron hands out": {"slipway:controlPlane", "{flavor: medium, nodes: {cp1: {address: 10.0.1.0}}}",
			`slipway:controlPlane.nodes[cp1].address: Invalid value: "10.0.1.0": is not for nodes to choose: fixed addresses are 10.0.0.2 to 10.0.0.255, Neutron hands out the rest`},
		"address of two nodes": {"slipway:workerPools", "{default: {flavor: large, nodes: {w1: {address: 10.0.0.20}, w2: {address: 10.0.0.20}}}}",
			`slipway:workerPools[default].nodes[w2].address: Invalid value: "10.0.0.20": is the address of slipway:workerPools[default].nodes[w1] too`},

		"zone that is not listed": {"slipway:controlPlane", "{flavor: medium, nodes: {cp1: {zone: az3}}}",
			`slipway:controlPlane.nodes[cp1].zone: Unsupported value: "az3": supported values: "az1", "az2"`},
		"no number to choose a zone": {"slipway:controlPlane", "{flavor: medium, nodes: {main: {}}}",
			`slipway:controlPlane.nodes[main].zone: Required value: the name "main" ends in no number that would choose one of the 2 zones`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(with(t, tt.key, tt.value))
			checkProblems(t, problems, tt.want)
		})
	}
}

// All networks that carry pods in UDP need room for what is around them.
func TestMTUTooSmallForPods(t *testing.T) {
	for kubernetes, want := range map[string]string{
		`{"cni": "cilium"}`: `slipway:network.mtu: Invalid value: 1300: must be at least 1330 where cilium carries pods in vxlan, which takes 50 bytes of each packet`,
		`{"cni": "calico"}`: `slipway:network.mtu: Invalid value: 1300: must be at least 1330 where calico carries pods in vxlan, which takes 50 bytes of each packet`,
		`{"cni": "cilium", "cilium": {"mode": "native"}}`: "",
		`{"flannel": {"backend": "host-gw"}}`:             "",
	} {
		raw := with(t, "slipway:network", "{mtu: 1300}")
		raw["slipway:kubernetes"] = kubernetes
		_, problems := Load(raw)
		checkProblems(t, problems, want)
	}
}

func TestSubnetTooSmall(t *testing.T) {
	raw := with(t, "slipway:workerPools", `{default: {flavor: large, nodes: {
  w1: {}, w2: {}, w3: {}, w4: {}, w5: {}, w6: {}, w7: {}, w8: {address: 10.0.0.3}}}}`)
	raw["slipway:network"] = `{"cidr": "10.0.0.0/28"}`
	_, problems := Load(raw)
	checkProblems(t, problems, `slipway:network.cidr: Invalid value: "10.0.0.0/28": has room for 7 nodes without a fixed address, not 8`)
}

// A load balancer takes addresses of the subnet too.
func TestSubnetTooSmallForALoadBalancer(t *testing.T) {
	raw := octavia(t)
	raw["slipway:workerPools"] = `{"default": {"flavor": "large", "nodes": {"w1": {}, "w2": {}, "w3": {}, "w4": {}}}}`
	raw["slipway:network"] = `{"cidr": "10.0.0.0/28"}`
	_, problems := Load(raw)
	checkProblems(t, problems, `slipway:network.cidr: Invalid value: "10.0.0.0/28": has room for 4 nodes without a fixed address, not 5`)
}

// Without this setting the provider asks Neutron, which says 404 and no more.
func TestProviderUsesOctavia(t *testing.T) {
	for _, setting := range []string{"", "false"} {
		raw := octavia(t)
		raw["openstack:useOctavia"] = setting
		_, problems := Load(raw)
		checkProblems(t, problems,
			`openstack:useOctavia: Required value: true, with slipway:endpoint.type: octavia; else the provider looks for load balancers in Neutron`)
	}
}

// A range that could not be read must not be judged as the default in its place.
func TestUnreadRangesMeetNoRule(t *testing.T) {
	raw := maps.Clone(valid())
	raw["slipway:network"] = `{"cidr": "10.0.0.0"}`
	raw["slipway:kubernetes"] = `{"podCIDR": "10.0.0.0/16"}`
	_, problems := Load(raw)
	checkProblems(t, problems, `slipway:network.cidr: Invalid value: "10.0.0.0": must be an address range such as 10.0.0.0/16`)
}
