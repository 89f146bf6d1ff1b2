package controlplane

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/internal/golden"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const serverGroupType = "openstack:compute/serverGroup:ServerGroup"

var (
	stacked = shape{nodes: []string{"cp1", "cp2", "cp3"}}
	apart   = shape{nodes: []string{"cp1", "cp2", "cp3"}, etcd: []string{"e1", "e2", "e3"}, proxies: []string{"p1", "p2"}}
)

func TestTopologies(t *testing.T) {
	for name, s := range map[string]shape{"stacked": stacked, "apart": apart} {
		recorded := run(t, s, nil)
		recorded.AssertParented(t)
		recorded.AssertNames(t, "demo")
		recorded.AssertOutputsRegistered(t)
		recorded.AssertNoPlainSecrets(t)
		golden.Assert(t, name+".txt", recorded.Graph())
		var want []resource.PropertyKey
		for _, server := range recorded.ByType(instanceType) {
			want = append(want, resource.PropertyKey(strings.TrimSuffix(server.Name, "-server")))
		}
		if got := recorded.Outputs["addresses"].ObjectValue().StableKeys(); !slices.Equal(got, want) {
			t.Errorf("%s: addresses of %v, but the servers are %v", name, got, want)
		}
	}
}

// etcd admits one new member at a time; and a key that only some API servers
// have must not encrypt anything.
func TestNodesJoinOneAfterTheOther(t *testing.T) {
	recorded := run(t, stacked, nil)
	checkOrder(t, recorded, "demo-cp1-init", "demo-cp2-join", "demo-cp3-join", "demo-cp3-settings")
	checkOrder(t, recorded, "demo-cp2-join", "demo-cp2-settings")
	checkOrder(t, recorded, "demo-cp1-settings", "demo-cp2-settings", "demo-cp3-settings", "demo-cp1-reencrypt")
	// A node that holds the virtual address does so before it is a member.
	for host, first := range map[string]string{"demo-cp1": "init", "demo-cp2": "join", "demo-cp3": "join"} {
		checkOrder(t, recorded, host+"-files", host+"-prepare", host+"-proxy", host+"-"+first)
	}
	for _, c := range recorded.ByType(commandType) {
		host, step := cut(c.Name)
		once := slices.Contains([]string{"init", "admit", "reencrypt"}, step)
		if once && host != "demo-cp1" || step == "join" && host == "demo-cp1" {
			t.Errorf("%s runs", c.Name)
		}
	}
}

// cut splits the name of a step at the end of its machine's, which ends in a digit.
func cut(name string) (host, step string) {
	i := strings.LastIndexAny(name, "0123456789") + 1
	return name[:i], strings.TrimPrefix(name[i:], "-")
}

// Machines boot and prepare side by side.
func TestNothingBeforeMembershipWaitsForAnotherMachine(t *testing.T) {
	recorded := run(t, apart, nil)
	for _, step := range recorded.ByType(commandType) {
		host, what := cut(step.Name)
		if !slices.Contains([]string{"files", "prepare", "proxy", "etcd-member"}, what) {
			continue
		}
		for _, other := range recorded.ByType(commandType) {
			if owner, _ := cut(other.Name); owner != host && slices.Contains(step.DependsOn, other.URN) {
				t.Errorf("%s waits for %s", step.Name, other.Name)
			}
		}
	}
}

// kubeadm makes the first API server only when its etcd is there, and what
// brings clients to it.
func TestInitWaitsForEtcdAndProxies(t *testing.T) {
	recorded := run(t, apart, nil)
	for _, before := range []string{"demo-etcd-e1-etcd-member", "demo-etcd-e2-etcd-member", "demo-etcd-e3-etcd-member", "demo-proxy-p1-proxy", "demo-proxy-p2-proxy"} {
		checkOrder(t, recorded, before, "demo-cp1-init")
	}
	for _, host := range []string{"demo-etcd-e1", "demo-etcd-e2", "demo-etcd-e3"} {
		checkOrder(t, recorded, host+"-prepare", host+"-etcd-member")
	}
	config := nodetest.Files(t, recorded, "demo-cp2")["etc/kubeadm.yaml"]
	for _, endpoint := range []string{"https://10.0.0.21:2379", "https://10.0.0.22:2379", "https://10.0.0.23:2379"} {
		if !strings.Contains(config, endpoint) {
			t.Errorf("a control plane does not use etcd at %s:\n%s", endpoint, config)
		}
	}
}

// Machines of one set are kept apart; one alone needs nothing.
func TestServerGroups(t *testing.T) {
	if groups := run(t, single, nil).ByType(serverGroupType); len(groups) != 0 {
		t.Errorf("a single node has %d server groups", len(groups))
	}
	recorded := run(t, apart, func(args *ControlPlaneArgs) { args.ServerGroupPolicy = "soft-anti-affinity" })
	groups := map[string]string{}
	for _, g := range recorded.ByType(serverGroupType) {
		groups[g.ID] = g.Name
		if v, _, _ := g.Input("policies[0]"); v.StringValue() != "soft-anti-affinity" {
			t.Errorf("%s has the policy %v", g.Name, v)
		}
	}
	got := map[string]string{}
	for _, server := range recorded.ByType(instanceType) {
		hint, _, _ := server.Input("schedulerHints[0].group")
		got[strings.TrimSuffix(server.Name, "-server")] = groups[hint.StringValue()]
		// Nova applies hints at creation only: a second node must not replace the first.
		if !slices.Contains(server.IgnoreChanges, "schedulerHints") {
			t.Errorf("%s is replaced when it gets a server group", server.Name)
		}
	}
	want := map[string]string{
		"demo-cp1": "demo-group", "demo-cp2": "demo-group", "demo-cp3": "demo-group",
		"demo-etcd-e1": "demo-etcd-group", "demo-etcd-e2": "demo-etcd-group", "demo-etcd-e3": "demo-etcd-group",
		"demo-proxy-p1": "demo-proxy-group", "demo-proxy-p2": "demo-proxy-group",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("server groups (-want +got):\n%s", diff)
	}
}

// When one machine gives way to another, those that stay learn of it and do
// nothing else: neither a server nor a membership is touched.
func TestOthersStayWhenANodeIsReplaced(t *testing.T) {
	for name, tt := range map[string]struct {
		before, after shape
		want          []string
	}{
		"control plane": {stacked, shape{nodes: []string{"cp1", "cp2", "cp4"}}, []string{"demo-cp1-files", "demo-cp2-files"}},
		"proxy":         {apart, shape{nodes: apart.nodes, etcd: apart.etcd, proxies: []string{"p1", "p3"}}, nil},
	} {
		old := map[string]pulumitest.Resource{}
		for _, r := range run(t, tt.before, nil).Resources {
			old[r.URN] = r
		}
		var different []string
		for _, r := range run(t, tt.after, nil).Resources {
			if was, stays := old[r.URN]; stays && !was.Inputs.DeepEquals(r.Inputs) {
				different = append(different, r.Name)
			}
		}
		if !slices.Equal(different, tt.want) {
			t.Errorf("%s: changes %v, want %v", name, different, tt.want)
		}
	}
}

// Whoever takes over a machine beside the control planes gets no key but that
// of the etcd it is a member of.
func TestKeysAreWhereTheyAreNeeded(t *testing.T) {
	recorded := run(t, apart, nil)
	everywhere := []string{"demo-cp1", "demo-cp2", "demo-cp3"}
	etcd := append([]string{"demo-etcd-e1", "demo-etcd-e2", "demo-etcd-e3"}, everywhere...)
	slices.Sort(etcd)
	want := map[string][]string{
		"demo-pki-ca-key": everywhere, "demo-pki-front-proxy-ca-key": everywhere, "demo-pki-service-account-key": everywhere, "demo-pki-etcd-ca-key": etcd,
	}
	got := map[string][]string{}
	for _, key := range recorded.ByType("tls:index/privateKey:PrivateKey") {
		secret := strings.TrimSpace(key.Outputs["privateKeyPem"].SecretValue().Element.StringValue())
		for _, server := range recorded.ByType(instanceType) {
			host := strings.TrimSuffix(server.Name, "-server")
			for _, content := range nodetest.Files(t, recorded, host) {
				if strings.Contains(content, secret) {
					got[key.Name] = append(got[key.Name], host)
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nodes that hold a key (-want +got):\n%s", diff)
	}
	token := strings.TrimSpace(nodetest.Files(t, recorded, "demo-cp1")["etc/bootstrap-token"])
	for _, host := range []string{"demo-etcd-e1", "demo-proxy-p1"} {
		for name, content := range nodetest.Files(t, recorded, host) {
			if strings.Contains(content, token) || strings.HasSuffix(name, "encryption.yaml") {
				t.Errorf("%s of %s tells how to join, or to decrypt", name, host)
			}
		}
	}
}

// Those that hold the virtual address get its configuration, and no others.
func TestProxies(t *testing.T) {
	for name, tt := range map[string]struct {
		shape shape
		want  []string
	}{
		"on the nodes": {stacked, []string{"demo-cp1", "demo-cp2", "demo-cp3"}},
		"apart":        {apart, []string{"demo-proxy-p1", "demo-proxy-p2"}},
		"none":         {single, nil},
	} {
		recorded := run(t, tt.shape, nil)
		var files, steps []string
		for _, server := range recorded.ByType(instanceType) {
			if host := strings.TrimSuffix(server.Name, "-server"); nodetest.Files(t, recorded, host)["etc/proxy/haproxy.cfg"] != "" {
				files = append(files, host)
			}
		}
		for _, c := range recorded.ByType(commandType) {
			if host, step := cut(c.Name); step == "proxy" {
				steps = append(steps, host)
				if c.DeletedWith != recorded.Get(t, instanceType, host+"-server").URN {
					t.Errorf("%s: %s stops services on a machine that may be gone", name, c.Name)
				}
			}
		}
		if !slices.Equal(files, tt.want) || !slices.Equal(steps, tt.want) {
			t.Errorf("%s: %v get the configuration and %v start it, want %v", name, files, steps, tt.want)
		}
	}
}
