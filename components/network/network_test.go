package network

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

func baseline() *NetworkArgs {
	return &NetworkArgs{
		CIDR:              netip.MustParsePrefix("10.0.0.0/16"),
		DNSServers:        []netip.Addr{netip.MustParseAddr("192.0.2.53")},
		ExternalNetworkID: "external-id",
		APIAccess:         []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")},
		SSHAccess:         []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("2001:db8::/32")},
		APIPort:           6443,
		Tags:              []string{"slipway-cluster=demo"},
	}
}

func run(t *testing.T, args *NetworkArgs, opts ...pulumitest.Option) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		n, err := NewNetwork(ctx, "demo", args)
		if err != nil {
			return err
		}
		ctx.Export("mtu", n.MTU)
		ctx.Export("controlPlaneGroup", n.ControlPlaneGroupID)
		return nil
	}, opts...)
}

func TestNetwork(t *testing.T) {
	recorded := run(t, baseline())
	recorded.AssertComponent(t, typeToken, "demo")
	recorded.AssertNoPlainSecrets(t)
	golden.Assert(t, "graph.txt", recorded.Graph())

	subnet := recorded.Get(t, "openstack:networking/subnet:Subnet", "demo-subnet")
	for path, want := range map[string]string{
		"cidr": "10.0.0.0/16", "gatewayIp": "10.0.0.1", "dnsNameservers[0]": "192.0.2.53",
		"allocationPools[0].start": "10.0.1.0", "allocationPools[0].end": "10.0.255.254",
		"networkId": recorded.Get(t, "openstack:networking/network:Network", "demo-network").ID,
	} {
		if got, _, _ := subnet.Input(path); !got.IsString() || got.StringValue() != want {
			t.Errorf("subnet %s = %v, want %s", path, got, want)
		}
	}
	group := recorded.Get(t, "openstack:networking/secGroup:SecGroup", "demo-controlplane")
	if got := recorded.Outputs["controlPlaneGroup"].StringValue(); got != group.ID {
		t.Errorf("ControlPlaneGroupID = %s, want %s", got, group.ID)
	}
	if got := recorded.Outputs["mtu"].NumberValue(); got != pulumitest.DefaultMTU {
		t.Errorf("MTU = %v, want Neutron's %v", got, pulumitest.DefaultMTU)
	}
}

func TestEverythingTaggableIsTagged(t *testing.T) {
	for _, res := range run(t, baseline()).Resources {
		switch res.Type {
		case typeToken, "openstack:networking/routerInterface:RouterInterface", "openstack:networking/secGroupRule:SecGroupRule":
			continue // Neutron has no tags on these
		}
		if tag, _, _ := res.Input("tags[0]"); !tag.IsString() || tag.StringValue() != "slipway-cluster=demo" {
			t.Errorf("%s %q has no tags", res.Type, res.Name)
		}
	}
}

// Regression: Neutron adds "let everything out" to a new group unless told not to.
func TestGroupsHaveNoDefaultRules(t *testing.T) {
	groups := run(t, baseline()).ByType("openstack:networking/secGroup:SecGroup")
	if len(groups) != 3 {
		t.Errorf("%d security groups, want 3", len(groups))
	}
	for _, g := range groups {
		if v, _, ok := g.Input("deleteDefaultRules"); !ok || !v.BoolValue() {
			t.Errorf("%q keeps Neutron's default rules", g.Name)
		}
	}
}

func TestRulesReachTheCloud(t *testing.T) {
	recorded := run(t, baseline())
	kubelet := recorded.Get(t, "openstack:networking/secGroupRule:SecGroupRule", "demo-node-kubelet")
	node := recorded.Get(t, "openstack:networking/secGroup:SecGroup", "demo-node")
	for _, path := range []string{"securityGroupId", "remoteGroupId"} {
		if v, _, _ := kubelet.Input(path); !v.IsString() || v.StringValue() != node.ID {
			t.Errorf("kubelet rule: %s = %v, want the node group", path, v)
		}
	}
	ssh := recorded.Get(t, "openstack:networking/secGroupRule:SecGroupRule", "demo-bastion-ssh-2001.db8..-32")
	if v, _, _ := ssh.Input("ethertype"); v.StringValue() != "IPv6" {
		t.Errorf("rule for an IPv6 range has ethertype %v", v)
	}
}

// Removing one of several ranges must not touch the rules of the others.
func TestRemovingARangeRemovesOneRule(t *testing.T) {
	names := func(args *NetworkArgs) (out []string) {
		for _, r := range run(t, args).Resources {
			out = append(out, r.URN)
		}
		return out
	}
	before := names(baseline())
	fewer := baseline()
	fewer.SSHAccess = fewer.SSHAccess[1:]
	after := names(fewer)
	if len(after) != len(before)-1 {
		t.Errorf("%d resources after, %d before; want one less", len(after), len(before))
	}
	for _, name := range after {
		if !slices.Contains(before, name) {
			t.Errorf("%s is new", name)
		}
	}
}

func TestPreviewKnowsTheGraph(t *testing.T) {
	up, preview := run(t, baseline()), run(t, baseline(), pulumitest.Preview())
	if len(up.Resources) != len(preview.Resources) {
		t.Errorf("preview shows %d resources, up creates %d", len(preview.Resources), len(up.Resources))
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	for _, args := range []*NetworkArgs{nil, {}} {
		recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
			_, err := NewNetwork(ctx, "demo", args)
			return err
		})
		if err == nil || len(recorded.Resources) != 0 {
			t.Errorf("NewNetwork(%v): err = %v, %d resources; want an error and none", args, err, len(recorded.Resources))
		}
	}
}

// Clusters join a network that has none of their groups.
func TestAlone(t *testing.T) {
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		args := baseline()
		args.Alone, args.APIPort = true, 0
		_, err := NewNetwork(ctx, "demo", args)
		return err
	})
	recorded.AssertComponent(t, typeToken, "demo")
	golden.Assert(t, "alone.txt", recorded.Graph())
}

// A cluster that joins makes its groups, and nothing that belongs to all.
func TestShared(t *testing.T) {
	args := baseline()
	args.Shared = &Shared{"network-id", "subnet-id", "router-id", 1442}
	recorded := run(t, args)
	recorded.AssertComponent(t, typeToken, "demo")
	for _, res := range recorded.Resources {
		if res.Type != typeToken && res.Type != groupType && res.Type != ruleType {
			t.Errorf("makes %s %s", res.Type, res.Name)
		}
	}
	if got := recorded.Outputs["mtu"].NumberValue(); got != 1442 {
		t.Errorf("MTU = %v, want that of the network", got)
	}
	want := recorded.Get(t, typeToken, "demo").Outputs
	for key, id := range map[resource.PropertyKey]string{"networkId": "network-id", "subnetId": "subnet-id", "routerId": "router-id"} {
		if got := want[key]; !got.IsString() || got.StringValue() != id {
			t.Errorf("%s = %v, want %s", key, got, id)
		}
	}
}
