package config

import (
	"fmt"
	"testing"
)

func TestMetalLB(t *testing.T) {
	const one, other = `slipway:metalLB.pools[one].addresses[0]: Invalid value: `, `slipway:metalLB.pools[other].addresses[0]: Invalid value: `
	for name, tt := range map[string]struct{ value, want string }{
		"off":              {`{}`, ""},
		"on":               {`{enabled: true, pools: {one: {addresses: [10.0.0.240/28, 10.0.0.10, 10.0.0.20-10.0.0.23]}, other: {addresses: [10.0.0.11], onRequest: true}}}`, ""},
		"no pool":          {`{enabled: true}`, `slipway:metalLB.pools: Required value: at least one pool of addresses that nothing else in the nodes' network has`},
		"an empty pool":    {`{pools: {one: {}}}`, `slipway:metalLB.pools[one].addresses: Required value: at least one address`},
		"no name":          {`{pools: {One: {addresses: [10.0.0.9]}}}`, `slipway:metalLB.pools[One]: Invalid value: "One": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`},
		"no addresses":     {`{pools: {one: {addresses: [some]}}}`, one + `"some": must be addresses such as 10.0.0.240, 10.0.0.240-10.0.0.250 or 10.0.0.240/28`},
		"backwards":        {`{pools: {one: {addresses: [10.0.0.9-10.0.0.8]}}}`, one + `"10.0.0.9-10.0.0.8": must be addresses such as 10.0.0.240, 10.0.0.240-10.0.0.250 or 10.0.0.240/28`},
		"IPv6":             {`{pools: {one: {addresses: ["fd00::/120"]}}}`, one + `"fd00::-fd00::ff": must be IPv4`},
		"too many":         {`{pools: {one: {addresses: [10.0.0.0/23]}}}`, one + `"10.0.0.0-10.0.1.255": has more than 256 addresses`},
		"overlapping":      {`{enabled: true, pools: {one: {addresses: [10.0.0.240/28]}, other: {addresses: [10.0.0.250-10.0.0.255]}}}`, other + `"10.0.0.250-10.0.0.255": overlaps slipway:metalLB.pools[one].addresses[0] 10.0.0.240-10.0.0.255`},
		"Neutron's":        {`{enabled: true, pools: {one: {addresses: [10.0.0.250-10.0.1.4]}}}`, one + `"10.0.0.250-10.0.1.4": must be among the fixed addresses of slipway:network.cidr, 10.0.0.2 to 10.0.0.255: Neutron hands out the rest`},
		"the gateway's":    {`{enabled: true, pools: {one: {addresses: [10.0.0.1]}}}`, one + `"10.0.0.1": must be among the fixed addresses of slipway:network.cidr, 10.0.0.2 to 10.0.0.255: Neutron hands out the rest`},
		"a Service's":      {`{enabled: true, pools: {one: {addresses: [10.96.0.0/28]}}}`, one + `"10.96.0.0-10.96.0.15": overlaps slipway:kubernetes.serviceCIDR 10.96.0.0/16` + "\n" + one + `"10.96.0.0-10.96.0.15": must be among the fixed addresses of slipway:network.cidr, 10.0.0.2 to 10.0.0.255: Neutron hands out the rest`},
		"too many pairs":   {`{enabled: true, pools: {one: {addresses: [10.0.0.129-10.0.0.254]}}}`, `slipway:metalLB.pools: Invalid value: 12: are so many address pairs of each node's port, of which Neutron allows 10: ranges in CIDR notation take one each`},
		"access":           {`{enabled: true, pools: {one: {addresses: [10.0.0.9]}}, access: [{from: [0.0.0.0/0], ports: [80, 443]}, {from: [10.0.0.0/16], ports: [53], protocol: udp}]}`, ""},
		"access of nobody": {`{access: [{}]}`, "slipway:metalLB.access[0].from: Required value: the ranges of the clients\nslipway:metalLB.access[0].ports: Required value: the ports of Services"},
		"access to nodes":  {`{enabled: true, pools: {one: {addresses: [10.0.0.9]}}, access: [{from: [0.0.0.0/0], ports: [22, 80, 6443, 10250]}]}`, closedPorts(0, 22, 2, 6443, 3, 10250)},
		"no such port":     {`{access: [{from: [10.0.0.0/16], ports: [0], protocol: sctp}]}`, "slipway:metalLB.access[0].protocol: Unsupported value: \"sctp\": supported values: \"tcp\", \"udp\"\nslipway:metalLB.access[0].ports[0]: Invalid value: 0: must be between 1 and 65535, inclusive"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(with(t, "slipway:metalLB", tt.value))
			checkProblems(t, problems, tt.want)
		})
	}
}

// closedPorts are the problems of ports by their places in the first entry.
func closedPorts(pairs ...int) (text string) {
	for i := 0; i < len(pairs); i += 2 {
		text += fmt.Sprintf("slipway:metalLB.access[0].ports[%d]: Invalid value: %d: is a port of the nodes themselves, which would be opened too\n", pairs[i], pairs[i+1])
	}
	return text[:len(text)-1]
}

// What else has addresses in the nodes' network keeps them.
func TestMetalLBBesideOthers(t *testing.T) {
	const pool = `slipway:metalLB.pools[one].addresses[0]: Invalid value: "10.0.0.2-10.0.0.20": `
	for name, tt := range map[string]struct{ key, value, want string }{
		"virtual address": {"slipway:endpoint", `{type: keepalived}`, pool + `has the address 10.0.0.2 of slipway:endpoint.keepalived.address`},
		"node": {"slipway:workerPools", `{default: {flavor: large, nodes: {w1: {address: 10.0.0.7}}}}`,
			pool + `has the address 10.0.0.7 of slipway:workerPools[default].nodes[w1]`},
		"load balancers of the cloud": {"slipway:cloudController", `{enabled: true, loadBalancers: true}`,
			`slipway:metalLB.enabled: Invalid value: true: serves the same Services as slipway:cloudController.loadBalancers does`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, tt.key, tt.value)
			raw["slipway:metalLB"] = `{"enabled": true, "pools": {"one": {"addresses": ["10.0.0.2-10.0.0.20"]}}}`
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}

func TestMetalLBOnHosts(t *testing.T) {
	for name, tt := range map[string]struct{ value, want string }{
		"any network": {`{"enabled": true, "pools": {"one": {"addresses": ["192.0.2.201-192.0.2.240"]}}}`, ""},
		"a machine's": {`{"enabled": true, "pools": {"one": {"addresses": ["192.0.2.14"]}}}`,
			`slipway:metalLB.pools[one].addresses[0]: Invalid value: "192.0.2.14": has the address 192.0.2.14 of slipway:hosts.machines[h4]`},
		"public": {`{"enabled": true, "pools": {"one": {"addresses": ["192.0.2.201"], "floatingIPs": true}}}`, `slipway:metalLB.pools[one].floatingIPs: Forbidden: is for machines that OpenStack makes, but slipway:hosts lists those that exist`},
		"access": {`{"access": []}`, `slipway:metalLB.access: Forbidden: is for machines that OpenStack makes, but slipway:hosts lists those that exist`},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(onHosts(t, func(_, _ map[string]any, raw map[string]string) { raw["slipway:metalLB"] = tt.value }))
			checkProblems(t, problems, tt.want)
		})
	}
}

func TestAddressPairs(t *testing.T) {
	c := mustLoad(t, with(t, "slipway:metalLB", `{enabled: true, pools: {b: {addresses: [10.0.0.32/30, 10.0.0.36/30]}, a: {addresses: [10.0.0.9-10.0.0.10], floatingIPs: true}}}`))
	if got := fmt.Sprint(c.MetalLB.AddressPairs()); got != "[10.0.0.9/32 10.0.0.10/32 10.0.0.32/29]" {
		t.Errorf("the pairs are %s", got)
	}
	if all := c.MetalLB.Addresses(); len(all) != 10 || all[0].String() != "10.0.0.9" || all[9].String() != "10.0.0.39" {
		t.Errorf("the addresses are %v", all)
	}
	if public := fmt.Sprint(c.MetalLB.PublicAddresses()); public != "[10.0.0.9 10.0.0.10]" {
		t.Errorf("the public addresses are %s", public)
	}
	c.MetalLB.Enabled = false
	if len(c.MetalLB.AddressPairs())+len(c.MetalLB.Addresses()) != 0 {
		t.Error("it is off and has addresses")
	}
}
