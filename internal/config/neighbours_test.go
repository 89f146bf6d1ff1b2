package config

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// other is the file of another stack on existing machines, whose secrets are closed.
const other = `
config:
  slipway:cluster: {name: other}
  slipway:hosts:
    user: ops
    privateKey: {secure: v1:abc}
    machines:
      n1: {address: 192.0.2.51, hostKey: ` + someHostKey + `, role: control-plane}
      n2: {address: 192.0.2.52, hostKey: ` + someHostKey + `, role: worker}
  slipway:endpoint: {type: keepalived, keepalived: {address: 192.0.2.200, virtualRouterID: 100}}
`

func TestCheckNeighbours(t *testing.T) {
	type object = map[string]any
	tests := map[string]struct {
		other  string
		change func(hosts, machines object, raw map[string]string)
		want   string
	}{
		"same virtual router": {other, nil,
			`slipway:endpoint.keepalived.virtualRouterID: Invalid value: 100: is that of stack other, whose virtual address 192.0.2.200 is in the same network: choose another`},
		"another virtual router": {other, func(_, _ object, raw map[string]string) {
			raw["slipway:endpoint"] = `{"type": "keepalived", "keepalived": {"address": "192.0.2.100", "virtualRouterID": 7}}`
		}, ""},
		"same virtual router in another network": {other, func(_, machines object, raw map[string]string) {
			for name, m := range machines {
				m.(object)["address"] = "198.51.100.1" + name[1:]
			}
			raw["slipway:endpoint"] = `{"type": "keepalived", "keepalived": {"address": "198.51.100.100"}}`
		}, ""},
		"a network that is larger": {other, func(_, machines object, raw map[string]string) {
			machines["h4"].(object)["address"] = "192.0.3.14"
			raw["slipway:endpoint"] = `{"type": "keepalived", "keepalived": {"address": "192.0.3.100"}}`
		}, `slipway:endpoint.keepalived.virtualRouterID: Invalid value: 100: is that of stack other, whose virtual address 192.0.2.200 is in the same network: choose another`},
		"same machine, same address": {other, func(_, machines object, raw map[string]string) {
			machines["h4"].(object)["address"] = "192.0.2.52"
			raw["slipway:endpoint"] = `{"type": "keepalived", "keepalived": {"address": "192.0.2.200"}}`
		}, "slipway:hosts.machines[h4].address: Invalid value: \"192.0.2.52\": is the machine n2 of stack other\n" +
			"slipway:endpoint.keepalived.address: Invalid value: \"192.0.2.200\": is the virtual address of stack other"},
		"addresses for Services": {other + "  slipway:metalLB: {enabled: true, pools: {a: {addresses: [192.0.2.14, 192.0.2.210/31]}}}\n", func(_, _ object, raw map[string]string) {
			raw["slipway:endpoint"] = `{"type": "keepalived", "keepalived": {"address": "192.0.2.100", "virtualRouterID": 7}}`
			raw["slipway:metalLB"] = `{"enabled": true, "pools": {"b": {"addresses": ["192.0.2.211-192.0.2.220", "192.0.2.52"]}}}`
		}, "slipway:metalLB.pools[b].addresses[0]: Invalid value: \"192.0.2.211-192.0.2.220\": has the addresses 192.0.2.210-192.0.2.211 of stack other\n" +
			"slipway:metalLB.pools[b].addresses[1]: Invalid value: \"192.0.2.52\": has the address 192.0.2.52 of stack other\n" +
			"slipway:hosts.machines[h4].address: Invalid value: \"192.0.2.14\": is among the addresses 192.0.2.14 that stack other gives to Services"},
		"no YAML":   {"config: [", nil, ""},
		"OpenStack": {"config:\n  slipway:endpoint: {type: keepalived, keepalived: {virtualRouterID: 100}}\n", nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := mustLoad(t, onHosts(t, tt.change))
			dir := fstest.MapFS{"Pulumi.yaml": {Data: []byte("name: slipway")}, "Pulumi.other.yaml": {Data: []byte(tt.other)}, "Pulumi.own.yaml": {Data: []byte(other)}}
			checkProblems(t, c.CheckNeighbours(Self{"acme", "slipway", "own"}, dir), tt.want)
		})
	}
}

// OpenStack makes a network for each cluster.
func TestNoNeighboursOnOpenStack(t *testing.T) {
	raw := with(t, "slipway:endpoint", "{type: keepalived, keepalived: {virtualRouterID: 100}}")
	checkProblems(t, mustLoad(t, raw).CheckNeighbours(Self{"acme", "slipway", "own"}, fstest.MapFS{"Pulumi.other.yaml": {Data: []byte(other)}}), "")
}

// green is the file of another cluster, which is in the network of the stack shared.
const green = `
config:
  slipway:cluster: {name: green}
  slipway:openstack: {externalNetwork: public, image: debian-12}
  slipway:network: {stack: shared}
  slipway:endpoint: {type: keepalived, keepalived: {address: 10.0.0.30, virtualRouterID: 50}}
  slipway:controlPlane: {flavor: medium, nodes: {cp1: {address: 10.0.0.31}}}
  slipway:workerPools: {default: {flavor: large, nodes: {w1: {}}}}
  slipway:metalLB: {enabled: true, pools: {a: {addresses: [10.0.0.40-10.0.0.49]}}}
`

func TestCheckNeighboursInOneNetwork(t *testing.T) {
	const bare = `{"externalNetwork": "public", "image": "debian-12"}`
	flat := strings.NewReplacer("  slipway:metalLB", "  slipway:kubernetes: {flannel: {backend: host-gw}}\n  slipway:metalLB")
	tests := map[string]struct {
		other string
		raw   map[string]string
		want  string
	}{
		"apart": {green, nil, ""},
		"same name": {green, map[string]string{"slipway:cluster": `{"name": "green"}`},
			`slipway:cluster.name: Invalid value: "green": is that of stack other too, in the same network`},
		"same host name": {green, map[string]string{"slipway:cluster": `{"name": "green-default"}`, "slipway:controlPlane": `{"flavor": "medium", "nodes": {"w1": {}}}`},
			`slipway:controlPlane.nodes[w1]: Invalid value: "green-default-w1": is a host name of stack other too, in the same network`},
		"same addresses": {green, map[string]string{
			"slipway:endpoint":     `{"type": "keepalived", "keepalived": {"address": "10.0.0.31"}}`,
			"slipway:controlPlane": `{"flavor": "medium", "nodes": {"cp1": {"address": "10.0.0.30"}}}`,
		}, "slipway:controlPlane.nodes[cp1].address: Invalid value: \"10.0.0.30\": is the virtual address of stack other\n" +
			"slipway:endpoint.keepalived.address: Invalid value: \"10.0.0.31\": is the address of green-cp1 of stack other"},
		"same virtual router": {green, map[string]string{"slipway:endpoint": `{"type": "keepalived", "keepalived": {"address": "10.0.1.50"}}`},
			`slipway:endpoint.keepalived.virtualRouterID: Invalid value: 50: is that of stack other, whose virtual address 10.0.0.30 is in the same network: choose another`},
		"addresses for Services": {green, map[string]string{
			"slipway:metalLB":  `{"enabled": true, "pools": {"b": {"addresses": ["10.0.0.48/29"]}}}`,
			"slipway:endpoint": `{"type": "keepalived", "keepalived": {"address": "10.0.0.41"}}`,
		}, "slipway:metalLB.pools[b].addresses[0]: Invalid value: \"10.0.0.48-10.0.0.55\": has the addresses 10.0.0.40-10.0.0.49 of stack other\n" +
			"slipway:endpoint.keepalived.address: Invalid value: \"10.0.0.41\": is among the addresses 10.0.0.40-10.0.0.49 that stack other gives to Services"},
		"pods without an overlay": {flat.Replace(green), map[string]string{"slipway:kubernetes": `{"flannel": {"backend": "host-gw"}}`},
			`slipway:kubernetes.podCIDR: Invalid value: "10.244.0.0/16": overlaps 10.244.0.0/16 of stack other: the network that they share carries the pods' packets of both`},
		"one in an overlay": {flat.Replace(green), nil, ""},
		"another network":   {strings.ReplaceAll(green, "stack: shared", "stack: acme/other/shared"), map[string]string{"slipway:cluster": `{"name": "green"}`}, ""},
		"the same by its whole name": {strings.ReplaceAll(green, "stack: shared", "stack: acme/slipway/shared"), map[string]string{"slipway:cluster": `{"name": "green"}`},
			`slipway:cluster.name: Invalid value: "green": is that of stack other too, in the same network`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:network", "{stack: shared}")
			raw["slipway:openstack"] = bare
			raw["slipway:endpoint"] = `{"type": "keepalived", "keepalived": {"address": "10.0.0.20"}}`
			maps.Copy(raw, tt.raw)
			dir := fstest.MapFS{"Pulumi.other.yaml": {Data: []byte(tt.other)}, "Pulumi.shared.yaml": {Data: []byte("config: {slipway:stack: network}")}}
			checkProblems(t, mustLoad(t, raw).CheckNeighbours(Self{"acme", "slipway", "own"}, dir), tt.want)
		})
	}
}
