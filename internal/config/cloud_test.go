package config

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// facts is a cloud in which the baseline is right.
func facts() CloudFacts {
	return CloudFacts{
		Flavors: map[string]Flavor{
			"tiny": {1, 512, 5}, "small": {1, 1024, 10}, "medium": {2, 2048, 10}, "large": {1, 1024, 0},
		},
		Images:           map[string]bool{"debian-12": true},
		ExternalNetworks: map[string]bool{"public": true, "internal": false},
		ExternalRanges:   []netip.Prefix{netip.MustParsePrefix("172.24.4.0/24")},
		Zones:            map[string]bool{"az1": true, "az2": true, "nova": true},
		LoadBalancers:    true,
		Identity:         "https://keystone.example.com/v3",
		ProjectID:        "0123456789abcdef0123456789abcdef",
		Roles:            []string{"reader", "member", "load-balancer_member"},
	}
}

func TestCloudNames(t *testing.T) {
	raw := valid()
	raw["slipway:bastion"] = `{"flavor": "large", "image": "alpine"}`
	want := CloudNames{Flavors: []string{"large", "medium"}, Images: []string{"alpine", "debian-12"}, ExternalNetwork: "public"}
	if diff := cmp.Diff(want, mustLoad(t, raw).CloudNames()); diff != "" {
		t.Errorf("names differ (-want +got):\n%s", diff)
	}
	empty, _ := Load(nil)
	if diff := cmp.Diff(CloudNames{Flavors: []string{}, Images: []string{}}, empty.CloudNames()); diff != "" {
		t.Errorf("names of an empty config differ (-want +got):\n%s", diff)
	}
}

func TestCheckCloud(t *testing.T) {
	tests := map[string]struct{ key, value, want string }{
		"baseline": {"slipway:cluster", "{name: dev}", ""},
		"unknown flavor": {"slipway:bastion", "{flavor: huge}",
			`slipway:bastion.flavor: Invalid value: "huge": does not exist for this project (openstack flavor list)`},
		"smallest bastion": {"slipway:bastion", "{flavor: tiny}", ""},
		"control plane too small": {"slipway:controlPlane", "{flavor: small, nodes: {cp1: {}}}",
			`slipway:controlPlane.flavor: Invalid value: "small": is too small: 1 vCPU (needs 2), 1024 MB of memory (needs 2048)`},
		"worker too small": {"slipway:workerPools", "{default: {flavor: tiny, nodes: {w1: {}}}}",
			`slipway:workerPools[default].flavor: Invalid value: "tiny": is too small: 512 MB of memory (needs 1024), 5 GB of disk (needs 10)`},
		"unknown image of one kind": {"slipway:bastion", "{flavor: small, image: alpine}",
			`slipway:bastion.image: Invalid value: "alpine": does not exist for this project (openstack image list)`},
		"unknown image of all": {"slipway:openstack", "{externalNetwork: public, image: debian-13}",
			`slipway:openstack.image: Invalid value: "debian-13": does not exist for this project (openstack image list)`},
		"unknown network": {"slipway:openstack", "{externalNetwork: world, image: debian-12}",
			`slipway:openstack.externalNetwork: Invalid value: "world": does not exist for this project (openstack network list --external)`},
		"internal network": {"slipway:openstack", "{externalNetwork: internal, image: debian-12}",
			`slipway:openstack.externalNetwork: Invalid value: "internal": is not an external network (openstack network list --external)`},
		"overlap with the external network": {"slipway:network", "{cidr: 172.24.0.0/16}",
			`slipway:network.cidr: Invalid value: "172.24.0.0/16": overlaps 172.24.4.0/24 of the external network "public"`},
		"unknown zone": {"slipway:openstack", "{externalNetwork: public, image: debian-12, zones: [az1, az3]}",
			`slipway:openstack.zones[1]: Unsupported value: "az3": supported values: "az1", "az2", "nova"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			checkProblems(t, mustLoad(t, with(t, tt.key, tt.value)).CheckCloud(facts()), tt.want)
		})
	}
}

func TestCloudWithoutLoadBalancers(t *testing.T) {
	none := facts()
	none.LoadBalancers = false
	raw := octavia(t)
	checkProblems(t, mustLoad(t, raw).CheckCloud(facts()), "")
	checkProblems(t, mustLoad(t, raw).CheckCloud(none),
		`slipway:endpoint.type: Invalid value: "octavia": needs load balancers, which this cloud does not offer (openstack catalog list); keepalived does without`)
	checkProblems(t, mustLoad(t, valid()).CheckCloud(none), "")
}

func TestCheckCloudZoneOfNode(t *testing.T) {
	raw := with(t, "slipway:controlPlane", "{flavor: medium, nodes: {cp1: {zone: az9}}}")
	raw["slipway:openstack"] = `{"externalNetwork": "public", "image": "debian-12"}`
	checkProblems(t, mustLoad(t, raw).CheckCloud(facts()),
		`slipway:controlPlane.nodes[cp1].zone: Unsupported value: "az9": supported values: "az1", "az2", "nova"`)
}
