package config

import (
	"maps"
	"testing"
)

func TestDecodeProblems(t *testing.T) {
	tests := map[string]struct {
		key, value string // value is the raw text
		want       string
	}{
		"unknown top-level key": {"slipway:netwrok", `{}`,
			"slipway:netwrok: Forbidden: unknown key; known here are access, artifacts, bastion, certManager, cinderCSI, cloudController, cluster, containerd, controlPlane, endpoint, etcd, externalDNS, hosts, ingress, keystoneAuth, kubernetes, logging, metalLB, monitoring, network, openstack, policy, rookCeph, stack, workerPools"},
		"unknown key": {"slipway:network", `{"cdir": "10.0.0.0/16"}`,
			"slipway:network.cdir: Forbidden: unknown key; known here are cidr, dnsServers, mtu, name, protect, stack"},
		"key in another case": {"slipway:network", `{"CIDR": "10.0.0.0/16"}`,
			"slipway:network.CIDR: Forbidden: unknown key; known here are cidr, dnsServers, mtu, name, protect, stack"},
		"unknown key of a node": {"slipway:controlPlane", `{"flavor": "medium", "nodes": {"cp1": {"ip": "10.0.0.10"}}}`,
			"slipway:controlPlane.nodes[cp1].ip: Forbidden: unknown key; known here are address, zone"},
		"text for an object": {"slipway:network", "10.0.0.0/16",
			`slipway:network: Invalid value: "10.0.0.0/16": must be a mapping with the keys cidr, dnsServers, mtu, name, protect, stack`},
		"list for an object": {"slipway:network", `["10.0.0.0/16"]`,
			"slipway:network: Invalid value: must be a mapping with the keys cidr, dnsServers, mtu, name, protect, stack"},
		"list for a mapping": {"slipway:workerPools", `["default"]`,
			"slipway:workerPools: Invalid value: must be a mapping from names to values"},
		"text for a list": {"slipway:access", `{"api": "192.0.2.0/24", "ssh": ["192.0.2.0/24"]}`,
			`slipway:access.api: Invalid value: "192.0.2.0/24": must be a list`},
		"empty list entry": {"slipway:access", `{"api": ["192.0.2.0/24"], "ssh": [null]}`,
			"slipway:access.ssh[0]: Required value: the list entry is empty"},
		"number for text": {"slipway:kubernetes", `{"version": 1.36}`,
			"slipway:kubernetes.version: Invalid value: must be text (put it in quotes), not the number 1.36"},
		"text for a number": {"slipway:network", `{"mtu": "1450"}`,
			`slipway:network.mtu: Invalid value: "1450": must be a whole number`},
		"fraction": {"slipway:network", `{"mtu": 1450.5}`,
			"slipway:network.mtu: Invalid value: must be a whole number, not the number 1450.5"},
		"text for a boolean": {"slipway:endpoint", `{"floatingIP": "yes"}`,
			`slipway:endpoint.floatingIP: Invalid value: "yes": must be true or false, without quotes`},
		"bad range": {"slipway:network", `{"cidr": "10.0.0.0/33"}`,
			`slipway:network.cidr: Invalid value: "10.0.0.0/33": must be an address range such as 10.0.0.0/16`},
		"empty range": {"slipway:network", `{"cidr": ""}`,
			`slipway:network.cidr: Invalid value: "": must be an address range such as 10.0.0.0/16`},
		"range as a number": {"slipway:network", `{"cidr": 10}`,
			"slipway:network.cidr: Invalid value: must be an address range such as 10.0.0.0/16, not the number 10"},
		"bad address": {"slipway:controlPlane", `{"flavor": "medium", "nodes": {"cp1": {"address": "10.0.0.256"}}}`,
			`slipway:controlPlane.nodes[cp1].address: Invalid value: "10.0.0.256": must be an address such as 10.0.0.10`},
		"bad range in a list": {"slipway:access", `{"api": ["192.0.2.0/24"], "ssh": ["192.0.2.0"]}`,
			`slipway:access.ssh[0]: Invalid value: "192.0.2.0": must be an address range such as 10.0.0.0/16`},
		"bad day": {"slipway:policy", `{"exceptions": [{"rule": "no-open-ssh", "reason": "migration", "until": "31.1.2027"}]}`,
			`slipway:policy.exceptions[0].until: Invalid value: "31.1.2027": must be a day such as 2027-01-31`},
		"unknown kind of stack": {"slipway:stack", "netwrok",
			`slipway:stack: Unsupported value: "netwrok": supported values: "cluster", "network"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			raw := maps.Clone(valid())
			raw[tt.key] = tt.value
			_, problems := Load(raw)
			if got, want := text(problems), "Pulumi.test.yaml has 1 problem:\n  "+tt.want; got != want {
				t.Errorf("problems are\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// An empty key, as in `slipway:network:` with nothing below it, is an unset one.
func TestEmptyKeysAreUnset(t *testing.T) {
	for _, value := range []string{"", "null", "{}"} {
		raw := maps.Clone(valid())
		raw["slipway:network"] = value
		if c := mustLoad(t, raw); c.Network.CIDR != defaultNetworkCIDR {
			t.Errorf("network: %q gives %v", value, c.Network.CIDR)
		}
	}
}

func TestNothingConfigured(t *testing.T) {
	_, problems := Load(nil)
	want := `Pulumi.test.yaml has 8 problems:
  slipway:access.api: Required value: the ranges that may reach the Kubernetes API, e.g. [192.0.2.0/24]
  slipway:access.ssh: Required value: the ranges that may log in by SSH, e.g. [192.0.2.0/24]
  slipway:cluster.name: Required value: it prefixes every cloud resource, e.g. dev
  slipway:controlPlane.flavor: Required value: the name of a flavor (openstack flavor list)
  slipway:controlPlane.nodes: Required value: at least one node, e.g. {cp1: {}}
  slipway:openstack.externalNetwork: Required value: the network of routers and floating IPs (openstack network list --external)
  slipway:openstack.image: Required value: the image of the machines (openstack image list)
  slipway:workerPools: Required value: at least one pool, or slipway:controlPlane.schedulable: true, else no pod can run`
	if got := text(problems); got != want {
		t.Errorf("problems are\n%s\nwant\n%s", got, want)
	}
}

// Problems of every kind, decoding, rules and the cloud's answers, come together.
func TestEveryProblemAtOnce(t *testing.T) {
	raw := valid()
	raw["slipway:netwrok"] = `{}`
	raw["slipway:network"] = `{"cidr": "10.0.0.0/33", "mtu": "big", "gateway": "10.0.0.1"}`
	raw["slipway:kubernetes"] = `{"podCIDR": "10.96.0.0/12", "proxy": {"mode": "ipvs"}}`
	raw["slipway:controlPlane"] = `{"flavor": "tiny", "nodes": {"cp1": {}, "cp2": {}}}`
	raw["slipway:openstack"] = `{"externalNetwork": "public", "image": "debian-13", "zones": ["az1", "az2"]}`
	c, problems := Load(raw)
	problems = append(problems, c.CheckCloud(facts())...)
	want := `Pulumi.test.yaml has 10 problems:
  slipway:controlPlane.flavor: Invalid value: "tiny": is too small: 1 vCPU (needs 2), 512 MB of memory (needs 2048), 5 GB of disk (needs 10)
  slipway:controlPlane.nodes: Invalid value: 2: must be an odd number of nodes: etcd survives no more failures with one node more
  slipway:endpoint.type: Invalid value: "direct": is the address of the only control-plane node, but there are 2
  slipway:kubernetes.proxy.mode: Unsupported value: "ipvs": supported values: "nftables", "iptables"
  slipway:kubernetes.serviceCIDR: Invalid value: "10.96.0.0/16": overlaps slipway:kubernetes.podCIDR 10.96.0.0/12
  slipway:network.cidr: Invalid value: "10.0.0.0/33": must be an address range such as 10.0.0.0/16
  slipway:network.gateway: Forbidden: unknown key; known here are cidr, dnsServers, mtu, name, protect, stack
  slipway:network.mtu: Invalid value: "big": must be a whole number
  slipway:netwrok: Forbidden: unknown key; known here are access, artifacts, bastion, certManager, cinderCSI, cloudController, cluster, containerd, controlPlane, endpoint, etcd, externalDNS, hosts, ingress, keystoneAuth, kubernetes, logging, metalLB, monitoring, network, openstack, policy, rookCeph, stack, workerPools
  slipway:openstack.image: Invalid value: "debian-13": does not exist for this project (openstack image list)`
	if got := text(problems); got != want {
		t.Errorf("problems are\n%s\nwant\n%s", got, want)
	}
}
