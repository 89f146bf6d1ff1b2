package flannel

import (
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const daemonSet = "kubernetes:apps/v1:DaemonSet"

func baseline() *FlannelArgs {
	return &FlannelArgs{
		PodCIDR: netip.MustParsePrefix("10.244.0.0/16"), Backend: VXLAN,
		Image: "registry.test/flannel:v1", PluginImage: "registry.test/plugin:v1",
	}
}

func run(t *testing.T, args *FlannelArgs) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		f, err := NewFlannel(ctx, "demo-cni", args)
		if err != nil {
			return err
		}
		ctx.Export("namespace", f.Namespace)
		return nil
	})
}

func TestFlannel(t *testing.T) {
	recorded := run(t, baseline())
	recorded.AssertComponent(t, typeToken, "demo-cni")
	recorded.AssertNoPlainSecrets(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
	if got := recorded.Outputs["namespace"].StringValue(); got != "kube-flannel" {
		t.Errorf("namespace = %q, want kube-flannel", got)
	}
}

func TestImagesDefaultToThePinnedReleases(t *testing.T) {
	args := baseline()
	args.Image, args.PluginImage = "", ""
	daemon := run(t, args).Get(t, daemonSet, "demo-cni-daemon")
	for path, want := range map[string]string{
		"spec.template.spec.containers[0].image":     "ghcr.io/flannel-io/flannel:",
		"spec.template.spec.initContainers[0].image": "ghcr.io/flannel-io/flannel-cni-plugin:",
	} {
		if v, _, _ := daemon.Input(path); !v.IsString() || len(v.StringValue()) <= len(want) || v.StringValue()[:len(want)] != want {
			t.Errorf("%s = %v, want %s and a version", path, v, want)
		}
	}
}

// Regression: flannel reads its configuration once, so a changed ConfigMap alone
// would reach a node only when its daemon happens to restart.
func TestChangedConfigRestartsTheDaemon(t *testing.T) {
	digest := func(args *FlannelArgs) string {
		v, _, _ := run(t, args).Get(t, daemonSet, "demo-cni-daemon").Input(`spec.template.metadata.annotations["slipway/config-sha256"]`)
		return v.StringValue()
	}
	changed := baseline()
	changed.Backend = HostGW
	if a, b := digest(baseline()), digest(changed); a == "" || a == b {
		t.Errorf("digests of two configurations: %q and %q", a, b)
	}
}

// Regression to guard against: two that tell whether a node has a network would
// take turns.
func TestOnlyCarriersSayThatANodeHasANetwork(t *testing.T) {
	for backend, want := range map[Backend]bool{VXLAN: false, HostGW: false, Alloc: true} {
		args := baseline()
		args.Backend = backend
		v, _, _ := run(t, args).Get(t, daemonSet, "demo-cni-daemon").Input("spec.template.spec.containers[0].command[3]")
		if got := v.IsString() && v.StringValue() == "--set-node-network-unavailable=false"; got != want {
			t.Errorf("%s: the daemon keeps quiet: %v, want %v", backend, got, want)
		}
	}
}

// Deleting the cluster must not wait for an API server that may be gone: the
// stack says with what the pod network goes, and the engine hands that down.
func TestDeletedWithReachesEveryChild(t *testing.T) {
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		var cluster pulumi.ResourceState
		if err := ctx.RegisterComponentResource("test:index:Cluster", "cluster", &cluster); err != nil {
			return err
		}
		_, err := NewFlannel(ctx, "demo-cni", baseline(), pulumi.DeletedWith(&cluster))
		return err
	})
	cluster := recorded.Get(t, "test:index:Cluster", "cluster")
	for _, res := range recorded.Resources {
		if res.Custom && res.DeletedWith != cluster.URN {
			t.Errorf("%s %q is deleted with %q, want the cluster", res.Type, res.Name, res.DeletedWith)
		}
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	tests := map[string]struct {
		args *FlannelArgs
		want string
	}{
		"none": {nil, "args is required"},
		"empty": {&FlannelArgs{}, "flannel \"demo-cni\": PodCIDR invalid Prefix: must be an IPv4 range\n" +
			`Backend "": must be "vxlan", "host-gw" or "alloc"`},
		"IPv6": {&FlannelArgs{PodCIDR: netip.MustParsePrefix("fd00::/48"), Backend: VXLAN},
			`flannel "demo-cni": PodCIDR fd00::/48: must be an IPv4 range`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got error
			recorded, _ := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
				_, got = NewFlannel(ctx, "demo-cni", tc.args)
				return nil
			})
			if got == nil || got.Error() != tc.want {
				t.Errorf("NewFlannel = %v, want %q", got, tc.want)
			}
			if n := len(recorded.Resources); n != 0 {
				t.Errorf("%d resources were registered", n)
			}
		})
	}
}
