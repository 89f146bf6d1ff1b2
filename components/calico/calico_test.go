package calico

import (
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const name = "demo-calico"

func baseline() *CalicoArgs {
	return &CalicoArgs{PodCIDR: netip.MustParsePrefix("10.244.0.0/16"), EnableNFTables: true}
}

func run(t *testing.T, args *CalicoArgs, opts ...pulumi.ResourceOption) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := NewCalico(ctx, name, args, opts...)
		return err
	})
}

func TestCalico(t *testing.T) {
	recorded := run(t, baseline())
	recorded.AssertComponent(t, typeToken, name)
	recorded.AssertNoPlainSecrets(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

// Two that filter in different ways would not see each other's rules.
func TestFiltersAsKubeProxyDoes(t *testing.T) {
	for nftables, want := range map[bool]string{true: "Enabled", false: "Disabled"} {
		args := baseline()
		args.EnableNFTables = nftables
		for _, s := range args.settings() {
			if s.name == "FELIX_NFTABLESMODE" && s.value != want {
				t.Errorf("nftables %v: the mode is %s, want %s", nftables, s.value, want)
			}
		}
	}
}

// Regression to guard against: what the daemon watches and may not look at keeps it
// from getting ready, and the controllers wait for ever for a status that they may not
// write. Programs of v3.31, which the local cloud has, ask for neither.
func TestMayWhatOnlyNewerProgramsAskFor(t *testing.T) {
	for app, want := range map[string]rule{
		nodeName:       {"kubevirt.io", []string{"virtualmachineinstancemigrations"}, look, nil},
		controllerName: {group, []string{"kubecontrollersconfigurations/status"}, []string{"get", "update"}, nil},
	} {
		if !slices.ContainsFunc(rules[app], func(r rule) bool { return reflect.DeepEqual(r, want) }) {
			t.Errorf("%s lacks %v", app, want)
		}
	}
}

// Deleting the cluster must not wait for an API server that may be gone: the
// stack says with what the pod network goes, and the engine hands that down.
func TestDeletedWithReachesEveryChild(t *testing.T) {
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "cluster")
		if err != nil {
			return err
		}
		_, err = NewCalico(ctx, name, baseline(), pulumi.DeletedWith(cluster))
		return err
	})
	cluster := recorded.Get(t, pulumitest.ComponentType, "cluster")
	for _, res := range recorded.Resources {
		if res.Custom && res.DeletedWith != cluster.URN {
			t.Errorf("%s %q is deleted with %q, want the cluster", res.Type, res.Name, res.DeletedWith)
		}
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	for title, tc := range map[string]struct {
		args *CalicoArgs
		want string
	}{
		"none":  {nil, "args is required"},
		"empty": {&CalicoArgs{}, `calico "demo-calico": PodCIDR invalid Prefix: must be an IPv4 range`},
		"IPv6":  {&CalicoArgs{PodCIDR: netip.MustParsePrefix("fd00::/48")}, `calico "demo-calico": PodCIDR fd00::/48: must be an IPv4 range`},
	} {
		t.Run(title, func(t *testing.T) {
			var got error
			recorded, _ := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
				_, got = NewCalico(ctx, name, tc.args)
				return nil
			})
			if got == nil || got.Error() != tc.want {
				t.Errorf("NewCalico = %v, want %q", got, tc.want)
			}
			if n := len(recorded.Resources); n != 0 {
				t.Errorf("%d resources were registered", n)
			}
		})
	}
}
