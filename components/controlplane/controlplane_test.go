package controlplane

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/node"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	commandType  = "command:remote:Command"
	instanceType = "openstack:compute/instance:Instance"
)

func baseline(ports *Ports) *ControlPlaneArgs {
	return &ControlPlaneArgs{
		Settings: nodetest.Settings(), Hardware: nodetest.Hardware(), Zones: map[string]string{"cp1": "az1"}, Ports: ports,
		Endpoint: node.Endpoint{
			Internal: pulumi.String("10.0.0.10").ToStringOutput(), External: pulumi.String("172.24.4.10").ToStringOutput(), Port: 6443,
		},
		Members: []string{"demo-front-w1"},
	}
}

func run(t *testing.T, change func(*ControlPlaneArgs)) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		ports, err := NewPorts(ctx, "demo", &PortsArgs{
			Addresses: map[string]netip.Addr{"cp1": netip.MustParseAddr("10.0.0.10")}, Attachment: nodetest.Attachment(),
		})
		if err != nil {
			return err
		}
		args := baseline(ports)
		if change != nil {
			change(args)
		}
		c, err := NewControlPlane(ctx, "demo", args)
		if err != nil {
			return err
		}
		ctx.Export("kubeconfig", c.Kubeconfig)
		ctx.Export("addresses", c.Addresses)
		return nil
	})
}

func TestControlPlane(t *testing.T) {
	recorded := run(t, nil)
	recorded.AssertParented(t)
	recorded.AssertNames(t, "demo")
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
	for _, c := range recorded.ByType(commandType) {
		recorded.AssertSecret(t, commandType, c.Name, "connection")
	}
	if got := recorded.Outputs["addresses"].ObjectValue()["demo-cp1"].StringValue(); got != "10.0.0.10" {
		t.Errorf("address of demo-cp1 = %q, want that of its port", got)
	}
	// A newer image under the same name must not replace a control plane: etcd is on its disk.
	server := recorded.Get(t, instanceType, "demo-cp1-server")
	if !slices.Contains(server.IgnoreChanges, "imageId") || !slices.Contains(server.IgnoreChanges, "userData") {
		t.Errorf("ignored changes of the server = %v, want userData and imageId", server.IgnoreChanges)
	}
}

func TestStepsFollowEachOther(t *testing.T) {
	recorded := run(t, nil)
	steps := []string{"files", "prepare", "init", "wait-api", "admit"}
	for i := range steps[1:] {
		before, after := recorded.Get(t, commandType, "demo-cp1-"+steps[i]), recorded.Get(t, commandType, "demo-cp1-"+steps[i+1])
		if !slices.Contains(after.DependsOn, before.URN) {
			t.Errorf("%s does not wait for %s", after.Name, before.Name)
		}
	}
}

// Tokens live for hours: a node that comes later needs a new one, and nothing
// else on the control plane may run again for it.
func TestNewMemberIsAdmitted(t *testing.T) {
	before := run(t, nil)
	after := run(t, func(args *ControlPlaneArgs) { args.Members = append(args.Members, "demo-front-w2") })
	var different []string
	for i, r := range after.Resources {
		if !r.Inputs.DeepEquals(before.Resources[i].Inputs) {
			different = append(different, r.Name)
		}
	}
	if !slices.Equal(different, []string{"demo-cp1-admit"}) {
		t.Errorf("a new member changes %v, want demo-cp1-admit alone", different)
	}
}

func TestSchedulable(t *testing.T) {
	for schedulable, want := range map[bool]string{false: "effect: NoSchedule", true: "taints: []"} {
		recorded := run(t, func(args *ControlPlaneArgs) { args.Schedulable = schedulable })
		if config := nodetest.Files(t, recorded, "demo-cp1")["etc/kubeadm.yaml"]; !strings.Contains(config, want) {
			t.Errorf("schedulable %v: no %q in\n%s", schedulable, want, config)
		}
	}
}

func TestControlPlaneRefuses(t *testing.T) {
	two := baseline(&Ports{})
	two.Zones = map[string]string{"cp1": "", "cp2": ""}
	for name, tt := range map[string]struct {
		args *ControlPlaneArgs
		want string
	}{
		"no args":     {nil, "args and args.Ports are required"},
		"no ports":    {baseline(nil), "args and args.Ports are required"},
		"two members": {two, "a control plane of 2 nodes is not supported yet: its members would have to share one endpoint"},
	} {
		recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
			_, err := NewControlPlane(ctx, "demo", tt.args)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(recorded.Resources) != 0 {
			t.Errorf("%s: %v, %d resources; want %q", name, err, len(recorded.Resources), tt.want)
		}
	}
}
