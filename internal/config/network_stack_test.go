package config

import (
	"net/netip"
	"testing"
)

// networkStack is the least that a stack of kind network says.
func networkStack() map[string]string {
	return map[string]string{
		"openstack:cloud":   "mycloud",
		"slipway:stack":     "network",
		"slipway:openstack": `{"externalNetwork": "public"}`,
		"slipway:network":   `{"name": "shared"}`,
		"slipway:cluster":   "{}", // the schema's default
	}
}

func TestNetworkStack(t *testing.T) {
	const cluster = "is not for slipway:stack: network: clusters have stacks of their own, which name this one as slipway:network.stack"
	tests := map[string]struct {
		key, value string
		want       string
	}{
		"valid":   {"slipway:network", `{"name": "shared", "cidr": "10.9.0.0/20", "protect": true}`, ""},
		"no name": {"slipway:network", `{}`, "slipway:network.name: Required value: it prefixes every cloud resource, e.g. prod-network"},
		"odd name": {"slipway:network", `{"name": "Shared"}`,
			`slipway:network.name: Invalid value: "Shared": must be a DNS label: lower-case letters, digits and inner hyphens, at most 63`},
		"no way out": {"slipway:openstack", `{}`,
			"slipway:openstack.externalNetwork: Required value: the network of routers and floating IPs (openstack network list --external)"},
		"odd range":       {"slipway:network", `{"name": "shared", "cidr": "10.9.0.0/8"}`, `slipway:network.cidr: Invalid value: "10.9.0.0/8": has host bits set: write 10.0.0.0/8`},
		"a cluster":       {"slipway:cluster", `{"name": "dev"}`, "slipway:cluster: Forbidden: " + cluster},
		"nodes":           {"slipway:workerPools", `{"default": {}}`, "slipway:workerPools: Forbidden: " + cluster},
		"an image":        {"slipway:openstack", `{"externalNetwork": "public", "image": "debian-12"}`, "slipway:openstack.image: Forbidden: " + cluster},
		"another network": {"slipway:network", `{"name": "shared", "stack": "other"}`, "slipway:network.stack: Forbidden: " + cluster},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			raw := networkStack()
			raw[tt.key] = tt.value
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}

func TestJoiningCluster(t *testing.T) {
	const decided = "is decided by slipway:network.stack shared, whose network the cluster joins"
	const alone = "is for slipway:stack: network; a cluster's own network has the name and the protection of slipway:cluster"
	tests := map[string]struct {
		network, want string
	}{
		"joins":                    {"{stack: shared}", ""},
		"joins in another project": {"{stack: acme/networks/shared}", ""},
		"two parts":                {"{stack: networks/shared}", `slipway:network.stack: Invalid value: "networks/shared": must be the name of a stack, or organization/project/name for one of another project`},
		"what it does not decide": {"{stack: shared, cidr: 10.9.0.0/20, mtu: 1450, dnsServers: [192.0.2.53]}",
			"slipway:network.cidr: Forbidden: " + decided + "\nslipway:network.dnsServers: Forbidden: " + decided + "\nslipway:network.mtu: Forbidden: " + decided},
		"what is for the network": {"{name: shared, protect: true}", "slipway:network.name: Forbidden: " + alone + "\nslipway:network.protect: Forbidden: " + alone},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(with(t, "slipway:network", tt.network))
			checkProblems(t, problems, tt.want)
		})
	}
}

// The first fixed address would be that of every cluster.
func TestJoiningClusterNamesItsAddress(t *testing.T) {
	raw := with(t, "slipway:network", "{stack: shared}")
	raw["slipway:endpoint"] = `{"type": "keepalived"}`
	_, problems := Load(raw)
	checkProblems(t, problems, "slipway:endpoint.keepalived.address: Required value: a fixed address of the shared network that nothing else in it has")
}

// What needs the network's range is checked once it is known, and told once.
func TestJoin(t *testing.T) {
	tests := map[string]struct {
		cidr     string
		mtu      int
		external string
		want     string
	}{
		"fits":       {"10.9.0.0/20", 1450, "public", ""},
		"pods":       {"10.244.0.0/20", 1450, "public", `slipway:kubernetes.podCIDR: Invalid value: "10.244.0.0/16": overlaps slipway:network.cidr 10.244.0.0/20` + "\n" + `slipway:controlPlane.nodes[cp1].address: Invalid value: "10.9.0.10": is not in slipway:network.cidr 10.244.0.0/20`},
		"narrow":     {"10.9.0.0/20", 1300, "public", `slipway:network.stack: Invalid value: "shared": mtu 1300 of the shared network must be at least 1330 where flannel carries pods in vxlan, which takes 50 bytes of each packet`},
		"other side": {"10.9.0.0/20", 1450, "provider", `slipway:openstack.externalNetwork: Invalid value: "public": is not where the router of slipway:network.stack shared leads to: that is provider`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:network", "{stack: shared}")
			raw["slipway:controlPlane"] = `{"flavor": "medium", "nodes": {"cp1": {"address": "10.9.0.10"}}}`
			raw["slipway:etcd"] = `{"flavor": "x"}` // which Load tells of
			c, _ := Load(raw)
			checkProblems(t, c.Join(SharedNetwork{CIDR: netip.MustParsePrefix(tt.cidr), MTU: tt.mtu, ExternalNetwork: tt.external}), tt.want)
			if c.Network.CIDR.String() != tt.cidr || c.Network.MTU != tt.mtu {
				t.Errorf("the network is %v", c.Network)
			}
		})
	}
}
