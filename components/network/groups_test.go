package network

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/pulumitest"
)

const (
	groupType = "openstack:networking/secGroup:SecGroup"
	ruleType  = "openstack:networking/secGroupRule:SecGroupRule"
)

func withProxies(a *NetworkArgs)   { a.Proxy = &ProxyPorts{API: 8443, Status: 9101} }
func withEtcd(a *NetworkArgs)      { a.DedicatedEtcd = true }
func withNoBastion(a *NetworkArgs) { a.NoBastion = true }

// A group exists where there are machines for it, and only then has an id.
func TestGroupsFollowTheTopology(t *testing.T) {
	tests := map[string]struct {
		options []func(*NetworkArgs)
		want    []string
	}{
		"stacked":              {nil, []string{"bastion", "controlplane", "node"}},
		"virtual address":      {[]func(*NetworkArgs){withProxies}, []string{"bastion", "controlplane", "node", "proxy"}},
		"dedicated etcd":       {[]func(*NetworkArgs){withEtcd}, []string{"bastion", "controlplane", "etcd", "node"}},
		"apart and no bastion": {[]func(*NetworkArgs){withProxies, withEtcd, withNoBastion}, []string{"controlplane", "etcd", "node", "proxy"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := baseline()
			for _, option := range tt.options {
				option(args)
			}
			var n *Network
			recorded := pulumitest.Run(t, func(ctx *pulumi.Context) (err error) {
				if n, err = NewNetwork(ctx, "demo", args); err != nil {
					return err
				}
				for name, id := range n.groupIDs() {
					if id.OutputState != nil {
						ctx.Export(name, id)
					}
				}
				return nil
			})
			recorded.AssertComponent(t, typeToken, "demo")
			want := map[string]string{}
			for _, name := range tt.want {
				want[name] = recorded.Get(t, groupType, "demo-"+name).ID
			}
			got := map[string]string{}
			for name, id := range recorded.Outputs {
				got[string(name)] = id.StringValue()
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ids of groups (-want +got):\n%s", diff)
			}
			if made := recorded.ByType(groupType); len(made) != len(want) {
				t.Errorf("%d groups, want %d", len(made), len(want))
			}
			_, registered := recorded.Get(t, typeToken, "demo").Outputs["bastionGroupId"]
			if registered != slices.Contains(tt.want, "bastion") {
				t.Errorf("the bastion's group among the outputs: %v", registered)
			}
		})
	}
}

// groupIDs are the fields that hold groups, by the groups' names.
func (n *Network) groupIDs() map[string]pulumi.StringOutput {
	return map[string]pulumi.StringOutput{
		"bastion": n.BastionGroupID, "node": n.NodeGroupID, "controlplane": n.ControlPlaneGroupID, "proxy": n.ProxyGroupID, "etcd": n.EtcdGroupID,
	}
}

// What matters most about rarer machines, as Neutron gets it.
func TestRulesOfProxiesAndEtcdReachTheCloud(t *testing.T) {
	args := baseline()
	withProxies(args)
	withEtcd(args)
	recorded := run(t, args)
	group := func(name string) string { return recorded.Get(t, groupType, "demo-"+name).ID }
	tests := map[string]map[string]any{
		"demo-proxy-vrrp":   {"protocol": "112", "securityGroupId": group("proxy"), "remoteGroupId": group("proxy")},
		"demo-proxy-api":    {"protocol": "tcp", "portRangeMin": 8443.0, "portRangeMax": 8443.0, "securityGroupId": group("proxy"), "remoteGroupId": group("node")},
		"demo-etcd-members": {"protocol": "tcp", "portRangeMin": 2379.0, "portRangeMax": 2380.0, "securityGroupId": group("etcd"), "remoteGroupId": group("etcd")},
		"demo-etcd-clients": {"protocol": "tcp", "portRangeMin": 2379.0, "portRangeMax": 2379.0, "securityGroupId": group("etcd"), "remoteGroupId": group("controlplane")},
	}
	for name, want := range tests {
		got := recorded.Get(t, ruleType, name).Inputs.Mappable()
		for _, key := range []string{"description", "direction", "ethertype"} {
			delete(got, key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A virtual address moves the entrance: clients outside reach its holders, and
// no API server behind their back.
func TestOutsideReachesTheAPIAtItsHoldersOnly(t *testing.T) {
	args := baseline()
	withProxies(args)
	withEtcd(args)
	var open []string
	for _, r := range run(t, args).ByType(ruleType) {
		if _, _, ranged := r.Input("remoteIpPrefix"); ranged {
			open = append(open, r.Name)
		}
	}
	slices.Sort(open)
	want := []string{"demo-bastion-ssh-198.51.100.0-24", "demo-bastion-ssh-2001.db8..-32", "demo-proxy-api-203.0.113.0-24"}
	if diff := cmp.Diff(want, open); diff != "" {
		t.Errorf("rules for ranges (-want +got):\n%s", diff)
	}
}

// Without a bastion a machine's group admits the ranges in its place, each as its own rule.
func TestNoBastionRulesReachTheCloud(t *testing.T) {
	args := baseline()
	withNoBastion(args)
	args.SSHAccess = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
	recorded := run(t, args)
	rule := recorded.Get(t, ruleType, "demo-node-ssh-198.51.100.0-24")
	want := resource.PropertyMap{"remoteIpPrefix": resource.NewProperty("198.51.100.0/24"), "securityGroupId": resource.NewProperty(recorded.Get(t, groupType, "demo-node").ID)}
	for key, value := range want {
		if got := rule.Inputs[key]; !got.DeepEquals(value) {
			t.Errorf("%s = %v, want %v", key, got, value)
		}
	}
	if rule.DeletedWith != recorded.Get(t, groupType, "demo-node").URN {
		t.Errorf("the rule goes with %q, want its group", rule.DeletedWith)
	}
}
