package node_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/machine"
	"slipway/internal/node"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	commandType  = "command:remote:Command"
	instanceType = "openstack:compute/instance:Instance"
)

func worker() *node.Args {
	return &node.Args{
		Settings: nodetest.Settings(), Hardware: nodetest.Hardware(), HostName: "demo-n1",
		Role: artifacts.Worker, Membership: nodetest.Membership().ForWorkers(),
	}
}

func controlPlane() *node.Args {
	args := worker()
	args.Role, args.Membership = artifacts.ControlPlane, nodetest.Membership()
	return args
}

// run makes the node demo-n1 with a port of its own.
func run(t *testing.T, args *node.Args) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		port, err := machine.NewPort(ctx, "demo-n1", nodetest.Attachment(), netip.MustParseAddr("10.0.0.11"))
		if err != nil {
			return err
		}
		args.Port = port
		_, err = node.NewNode(ctx, "demo-n1", args)
		return err
	})
}

func TestNode(t *testing.T) {
	recorded := run(t, controlPlane())
	recorded.AssertNames(t, "demo-n1")
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, "needle", nodetest.Member().Token)
	recorded.AssertSecret(t, commandType, "demo-n1-files", "stdin", "connection")
	recorded.AssertSecret(t, commandType, "demo-n1-prepare", "connection")
	component := recorded.Get(t, "slipway:index:Node", "demo-n1")
	for _, r := range []pulumitest.Resource{
		recorded.Get(t, "slipway:index:Server", "demo-n1"),
		recorded.Get(t, commandType, "demo-n1-files"), recorded.Get(t, commandType, "demo-n1-prepare"),
	} {
		if r.Parent != component.URN {
			t.Errorf("%s %q is not a child of the node", r.Type, r.Name)
		}
	}
	files, prepare := recorded.Get(t, commandType, "demo-n1-files"), recorded.Get(t, commandType, "demo-n1-prepare")
	if !slices.Contains(prepare.DependsOn, files.URN) {
		t.Error("prepare does not wait for the files it reads")
	}
	// A replaced machine has neither files nor software.
	server := recorded.Get(t, instanceType, "demo-n1-server")
	for _, step := range []pulumitest.Resource{files, prepare} {
		if v, _, _ := step.Input("triggers[0]"); !v.IsString() || v.StringValue() != server.ID {
			t.Errorf("%s is triggered by %v, want the server's id", step.Name, v)
		}
	}
	if public := recorded.ByType("openstack:networking/floatingIp:FloatingIp"); len(public) != 0 {
		t.Errorf("the node has %d floating IPs", len(public))
	}
}

func TestNodeRefusesNoArgs(t *testing.T) {
	recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
		_, err := node.NewNode(ctx, "demo-n1", nil)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "args is required") || len(recorded.Resources) != 0 {
		t.Errorf("NewNode(nil): %v, %d resources", err, len(recorded.Resources))
	}
}
