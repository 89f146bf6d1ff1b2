package stacks

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

// The graphs of the shipped stacks, as a change of them would meet real clusters.
func TestGraph(t *testing.T) {
	for _, stack := range []string{"dev", "prod"} {
		t.Run(stack, func(t *testing.T) {
			recorded := mustRun(t, stack, shipped(t, stack))
			golden.Assert(t, stack+".txt", recorded.Graph())
			recorded.AssertParented(t)
			recorded.AssertNames(t, stack)
			recorded.AssertOutputsRegistered(t)
		})
	}
}

// A first preview knows no id, address or key, and must show the same plan.
func TestPreviewKnowsTheGraph(t *testing.T) {
	for _, stack := range []string{"dev", "prod"} {
		t.Run(stack, func(t *testing.T) {
			preview := mustRun(t, stack, shipped(t, stack), pulumitest.Preview())
			if diff := cmp.Diff(urns(mustRun(t, stack, shipped(t, stack))), urns(preview)); diff != "" {
				t.Errorf("preview differs from what up registers (-up +preview):\n%s", diff)
			}
			preview.AssertSecretOutput(t, "kubeconfig")
			preview.AssertNoPlainSecrets(t)
			kubernetes := preview.Get(t, "pulumi:providers:kubernetes", stack+"-kubernetes")
			if v, _, _ := kubernetes.Input("kubeconfig"); !v.IsComputed() {
				t.Errorf("the Kubernetes provider of a preview has the kubeconfig %v: it would ask a cluster that is not there", v)
			}
		})
	}
}

// Order that nothing but a declared dependency keeps.
func TestOrder(t *testing.T) {
	recorded := mustRun(t, "dev", shipped(t, "dev"))
	tests := []struct{ typ, name, after, why string }{
		{"slipway:index:Bastion", "dev-bastion", "dev-router-interface", "a floating IP needs the subnet on a router"},
		{"slipway:index:ControlPlanePorts", "dev-ports", "dev-router-interface", "the floating IP of the API is put on such a port"},
		{"slipway:index:ControlPlane", "dev-control-plane", "dev-node-egress", "a machine that boots needs the network"},
		{"slipway:index:WorkerPool", "dev-default", "dev-node-egress", "a machine that boots needs the network"},
		{"pulumi:providers:kubernetes", "dev-kubernetes", "dev-cp1-init", "until then nobody answers"},
		{"slipway:index:Readiness", "dev-ready", "dev-default-w1-membership", "a node that has not joined cannot be ready"},
		{"slipway:index:Readiness", "dev-ready", "dev-default-w2-membership", "a node that has not joined cannot be ready"},
		{"slipway:index:Readiness", "dev-ready", "dev-flannel-daemon", "without a pod network no node is ready"},
	}
	for _, tt := range tests {
		after := slices.IndexFunc(recorded.Resources, func(r pulumitest.Resource) bool { return r.Custom && r.Name == tt.after })
		if after < 0 {
			t.Fatalf("no resource is called %s", tt.after)
		}
		if !slices.Contains(recorded.Get(t, tt.typ, tt.name).DependsOn, recorded.Resources[after].URN) {
			t.Errorf("%s does not wait for %s: %s", tt.name, tt.after, tt.why)
		}
	}
}

// Deleting a cluster must not ask the cluster: its API servers may be gone. The
// seed of its keys goes with the whole cluster only, unlike any one machine.
func TestWhatLivesInTheClusterGoesWithItsSeed(t *testing.T) {
	recorded := mustRun(t, "dev", shipped(t, "dev"))
	seed := recorded.Get(t, keyType, "dev-pki-seed-key").URN
	for _, r := range []pulumitest.Resource{
		recorded.Get(t, "pulumi:providers:kubernetes", "dev-kubernetes"),
		recorded.Get(t, "kubernetes:apps/v1:DaemonSet", "dev-flannel-daemon"),
		recorded.Get(t, "kubernetes:core/v1:Namespace", "dev-flannel-namespace"),
		recorded.Get(t, commandType, "dev-default-w1-membership"),
		recorded.Get(t, commandType, "dev-ready-wait-nodes"),
	} {
		if r.DeletedWith != seed {
			t.Errorf("%s is deleted with %q, want the seed of the cluster's keys", r.Name, r.DeletedWith)
		}
	}
}

// The bastion and the API are all that the internet sees.
func TestPublicAddresses(t *testing.T) {
	recorded := mustRun(t, "prod", shipped(t, "prod"))
	public := map[string]string{}
	for _, f := range recorded.ByType("openstack:networking/floatingIp:FloatingIp") {
		public[text(t, f, "portId")] = f.Name
	}
	port := func(name string) string { return recorded.Get(t, "openstack:networking/port:Port", name).ID }
	want := map[string]string{port("prod-bastion-port"): "prod-bastion-address", port("prod-endpoint-port"): "prod-endpoint-address"}
	if diff := cmp.Diff(want, public); diff != "" {
		t.Errorf("floating IPs by port (-want +got):\n%s", diff)
	}
}
