package metallb

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
	"slipway/internal/machine"
	"slipway/internal/pulumitest"
)

const name = "demo-metallb"

// run deploys two pools, changed. The chart shows the values that it was given,
// as upstream's own is not at hand in every test.
func run(t *testing.T, change func(*MetalLBArgs)) *pulumitest.Recorded {
	t.Helper()
	chart := charttest.Chart(t, "metallb", map[string]string{
		"templates/crd.yaml":        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ipaddresspools.metallb.io}\nspec: {group: metallb.io, names: {kind: IPAddressPool}}\n",
		"templates/controller.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: metallb-controller, namespace: {{ .Release.Namespace }}}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
	})
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-metallb-cluster")
		if err != nil {
			return err
		}
		args := &MetalLBArgs{
			Sources: NewSources(chart), Kubernetes: "v1.36.3",
			Pools: map[string]Pool{"default": {Ranges: []string{"10.0.0.240/31"}}, "public": {Ranges: []string{"10.0.0.9-10.0.0.9"}, OnRequest: true}},
			Reserve: &Reservation{
				Attachment: machine.Attachment{NetworkID: pulumi.String("network"), SubnetID: pulumi.String("subnet"), Tags: []string{"slipway-cluster=demo"}},
				Addresses:  []netip.Addr{netip.MustParseAddr("10.0.0.9"), netip.MustParseAddr("10.0.0.240")},
				Public:     []netip.Addr{netip.MustParseAddr("10.0.0.9")},
				FloatingIP: machine.FloatingIP{Network: "public"},
			},
			After: []pulumi.Resource{cluster}, DeletedWith: cluster,
		}
		change(args)
		_, err = NewMetalLB(ctx, name, args)
		return err
	})
}

func asItIs(*MetalLBArgs) {}

func TestMetalLB(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

// What is in the cluster goes with it; the ports are the cloud's.
func TestWhatGoesWithTheCluster(t *testing.T) {
	recorded := run(t, asItIs)
	cluster := recorded.Get(t, pulumitest.ComponentType, "demo-metallb-cluster").URN
	for _, r := range recorded.Resources {
		if r.Custom && (r.DeletedWith == cluster) != strings.HasPrefix(r.Type, "kubernetes:") {
			t.Errorf("%s %s is deleted with %q", r.Type, r.Name, r.DeletedWith)
		}
	}
}

// Pools come when somebody is there to look at them, and go before that.
func TestPoolsComeLast(t *testing.T) {
	recorded := run(t, asItIs)
	pool := recorded.Get(t, "kubernetes:metallb.io/v1beta1:IPAddressPool", name+"-ipaddresspool-default")
	if controller := recorded.Get(t, "kubernetes:apps/v1:Deployment", name+"-deployment-metallb-controller").URN; !strings.Contains(strings.Join(pool.DependsOn, " "), controller) {
		t.Error("a pool does not wait for the controller")
	}
}

func TestNetworkWithoutOpenStack(t *testing.T) {
	if n := len(run(t, func(a *MetalLBArgs) { a.Reserve = nil }).ByType("openstack:networking/port:Port")); n != 0 {
		t.Errorf("%d ports were made", n)
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&MetalLBArgs{}).validate()
	const want = "Sources is required\nKubernetes is required\nPools is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Everything that it runs is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	text := run(t, asItIs).Graph()
	for _, ref := range artifacts.MetalLBImages() {
		repository, tag, _ := strings.Cut(ref, ":")
		if !strings.Contains(text, repository) || !strings.Contains(text, tag) {
			t.Errorf("%s is not among the values", ref)
		}
	}
}
