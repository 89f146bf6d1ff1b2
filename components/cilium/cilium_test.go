package cilium

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const name = "demo-cilium"

func baseline(t *testing.T) *CiliumArgs {
	// The chart shows the values that it was given, as upstream's own is not at hand
	// in every test.
	chart := charttest.Chart(t, "cilium", map[string]string{
		"templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config, namespace: {{ .Release.Namespace }}}\ndata: {values: {{ toJson .Values | quote }}}\n",
		"templates/agent.yaml":  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: cilium, namespace: {{ .Release.Namespace }}}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
		"templates/space.yaml":  "apiVersion: v1\nkind: Namespace\nmetadata: {name: cilium-secrets}\n",
	})
	return &CiliumArgs{
		Sources: NewSources(chart), Kubernetes: "v1.36.3", PodCIDR: netip.MustParsePrefix("10.244.0.0/16"), Mode: VXLAN, Operators: 2,
	}
}

func run(t *testing.T, args *CiliumArgs, opts ...pulumi.ResourceOption) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := NewCilium(ctx, name, args, opts...)
		return err
	})
}

func TestCilium(t *testing.T) {
	recorded := run(t, baseline(t))
	recorded.AssertComponent(t, typeToken, name)
	recorded.AssertNoPlainSecrets(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

// Deleting the cluster must not wait for an API server that may be gone: the
// stack says with what the pod network goes, and the engine hands that down.
func TestDeletedWithReachesEveryChild(t *testing.T) {
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "cluster")
		if err != nil {
			return err
		}
		_, err = NewCilium(ctx, name, baseline(t), pulumi.DeletedWith(cluster))
		return err
	})
	cluster := recorded.Get(t, pulumitest.ComponentType, "cluster")
	for _, res := range recorded.Resources {
		if res.Custom && res.DeletedWith != cluster.URN {
			t.Errorf("%s %q is deleted with %q, want the cluster", res.Type, res.Name, res.DeletedWith)
		}
	}
}

// Everything that it runs is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	text := run(t, baseline(t)).Graph()
	for _, role := range []artifacts.Role{artifacts.ControlPlane, artifacts.Worker} {
		listed := strings.Join(artifacts.Images("v1.36.3", artifacts.Cilium, role), " ")
		for _, image := range []artifacts.Image{artifacts.CiliumAgent(), artifacts.CiliumOperator()} {
			if !strings.Contains(text, image.String()) || !strings.Contains(listed, image.String()) {
				t.Errorf("%s: %s is not among the values, or not in %s", role, image, listed)
			}
		}
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	ipv6, many := baseline(t), baseline(t)
	ipv6.PodCIDR = netip.MustParsePrefix("fd00::/48")
	many.Operators = 3
	tests := map[string]struct {
		args *CiliumArgs
		want string
	}{
		"none": {nil, "args is required"},
		"empty": {&CiliumArgs{}, "cilium \"demo-cilium\": Sources is required\nKubernetes is required\nPodCIDR invalid Prefix: must be an IPv4 range\n" +
			"mode \"\": must be \"vxlan\" or \"native\"\n0 operators: must be 1 or 2"},
		"IPv6":           {ipv6, `cilium "demo-cilium": PodCIDR fd00::/48: must be an IPv4 range`},
		"many operators": {many, `cilium "demo-cilium": 3 operators: must be 1 or 2`},
	}
	for test, tc := range tests {
		t.Run(test, func(t *testing.T) {
			var got error
			recorded, _ := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
				_, got = NewCilium(ctx, name, tc.args)
				return nil
			})
			if got == nil || got.Error() != tc.want {
				t.Errorf("NewCilium = %v, want %q", got, tc.want)
			}
			if n := len(recorded.Resources); n != 0 {
				t.Errorf("%d resources were registered", n)
			}
		})
	}
}
