package readiness

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const commandType = "command:remote:Command"

func baseline(cluster pulumi.Resource) *ReadinessArgs {
	return &ReadinessArgs{
		ControlPlane: nodetest.Settings().SSH.Connect(pulumi.String("10.0.0.10"), pulumi.String("ssh-ed25519 node")),
		Nodes:        []string{"demo-w1", "demo-cp1"},
		Machines:     pulumi.ToStringArray([]string{"id-of-w1", "id-of-cp1"}),
		DeletedWith:  cluster,
	}
}

func TestReadiness(t *testing.T) {
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-ready-cluster")
		if err != nil {
			return err
		}
		_, err = NewReadiness(ctx, "demo-ready", baseline(cluster))
		return err
	})
	recorded.AssertParented(t)
	recorded.AssertNames(t, "demo-ready")
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t)
	recorded.AssertSecret(t, commandType, "demo-ready-wait-nodes", "connection")
	golden.Assert(t, "graph.txt", recorded.Graph())

	wait := recorded.Get(t, commandType, "demo-ready-wait-nodes")
	for path, want := range map[string]string{
		"stdin":          "demo-cp1\ndemo-w1\n", // sorted: the order of pools must not run it again
		"triggers[0][0]": "id-of-w1",            // a replaced machine is waited for again
		"triggers[0][1]": "id-of-cp1",
	} {
		if v, _, _ := wait.Input(path); !v.IsString() || v.StringValue() != want {
			t.Errorf("%s = %v, want %q", path, v, want)
		}
	}
	if cluster := recorded.Get(t, pulumitest.ComponentType, "demo-ready-cluster"); wait.DeletedWith != cluster.URN {
		t.Errorf("deleted with %q, want the cluster", wait.DeletedWith)
	}
}

func TestReadinessRefusesMissingArgs(t *testing.T) {
	noNodes := baseline(&pulumi.ResourceState{})
	noNodes.Nodes = nil
	for name, args := range map[string]*ReadinessArgs{"none": nil, "no nodes": noNodes, "no cluster": baseline(nil)} {
		recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
			_, err := NewReadiness(ctx, "demo-ready", args)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "args.Nodes and args.DeletedWith are required") || len(recorded.Resources) != 0 {
			t.Errorf("%s: %v, %d resources", name, err, len(recorded.Resources))
		}
	}
}
