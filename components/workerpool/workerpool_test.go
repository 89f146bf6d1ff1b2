package workerpool

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/kubeadm"
	"slipway/internal/machine"
	"slipway/internal/node"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	commandType  = "command:remote:Command"
	instanceType = "openstack:compute/instance:Instance"
)

// baseline is a pool of w1 and w2, admitted by one resource and gone with the other.
func baseline(admitted, server pulumi.Resource) *WorkerPoolArgs {
	settings := nodetest.Settings()
	return &WorkerPoolArgs{
		Settings: settings, Hardware: nodetest.Hardware(), Attachment: nodetest.Attachment(),
		Places:       map[string]node.Place{"w1": {Zone: "az1", Address: netip.MustParseAddr("10.0.0.11")}, "w2": {}},
		Labels:       map[string]string{"tier": "front"},
		Taints:       []kubeadm.Taint{{Key: "dedicated", Value: "front", Effect: "NoSchedule"}},
		Membership:   nodetest.Membership().ForWorkers(),
		Admitted:     admitted,
		ControlPlane: settings.SSH.Connect(pulumi.String("10.0.0.10"), pulumi.String("ssh-ed25519 control plane")),
		DeletedWith:  server,
	}
}

func run(t *testing.T) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		server, err := pulumitest.Component(ctx, "demo-front-server")
		if err != nil {
			return err
		}
		args := baseline(nil, server)
		args.Admitted, err = machine.Run(ctx, "demo-front", args.ControlPlane, machine.Step{Name: "admit", Command: "true"}, pulumi.Parent(server))
		if err != nil {
			return err
		}
		p, err := NewWorkerPool(ctx, "demo-front", args)
		if err != nil {
			return err
		}
		ctx.Export("addresses", p.Addresses)
		return nil
	})
}

func TestWorkerPool(t *testing.T) {
	recorded := run(t)
	recorded.AssertParented(t)
	recorded.AssertNames(t, "demo-front")
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, nodetest.Member().Token)
	golden.Assert(t, "graph.txt", recorded.Graph())
	for _, c := range recorded.ByType(commandType) {
		recorded.AssertSecret(t, commandType, c.Name, "connection")
	}
	addresses := recorded.Outputs["addresses"].ObjectValue()
	if len(addresses) != 2 || addresses["demo-front-w1"].StringValue() != "10.0.0.11" {
		t.Errorf("addresses = %v, want those of demo-front-w1 (10.0.0.11) and demo-front-w2", addresses)
	}
	if public := recorded.ByType("openstack:networking/floatingIp:FloatingIp"); len(public) != 0 {
		t.Errorf("workers have %d floating IPs", len(public))
	}
}

func TestJoinWaits(t *testing.T) {
	recorded := run(t)
	admit := recorded.Get(t, commandType, "demo-front-admit")
	for _, host := range []string{"demo-front-w1", "demo-front-w2"} {
		join, prepare := recorded.Get(t, commandType, host+"-join"), recorded.Get(t, commandType, host+"-prepare")
		for what, r := range map[string]pulumitest.Resource{
			"its machine's preparation": prepare, "a token that is valid": admit,
		} {
			if !slices.Contains(join.DependsOn, r.URN) {
				t.Errorf("%s joins without waiting for %s", host, what)
			}
		}
		// Machines boot and prepare beside the control plane.
		if slices.Contains(prepare.DependsOn, admit.URN) {
			t.Errorf("%s is prepared only when nodes are admitted", host)
		}
	}
}

// A node is drained from the control plane, for its machine may be dead, and
// before its server goes; unless the whole cluster goes.
func TestMembership(t *testing.T) {
	recorded := run(t)
	for _, host := range []string{"demo-front-w1", "demo-front-w2"} {
		m := recorded.Get(t, commandType, host+"-membership")
		for path, want := range map[string]string{
			"delete":             "sudo -n /opt/slipway/drain.sh " + host,
			"connection.host":    "10.0.0.10",
			"connection.hostKey": "ssh-ed25519 control plane",
			"triggers[0]":        recorded.Get(t, instanceType, host+"-server").ID,
		} {
			if v, _, _ := m.Input(path); !v.IsString() || v.StringValue() != want {
				t.Errorf("%s of %s = %v, want %q", path, m.Name, v, want)
			}
		}
		for _, r := range []pulumitest.Resource{recorded.Get(t, commandType, host+"-join"), recorded.Get(t, instanceType, host+"-server")} {
			if !slices.Contains(m.DependsOn, r.URN) {
				t.Errorf("%s does not depend on %s, which may so be deleted before it", m.Name, r.Name)
			}
		}
		if server := recorded.Get(t, pulumitest.ComponentType, "demo-front-server"); m.DeletedWith != server.URN {
			t.Errorf("%s is deleted with %q, want the control plane's server", m.Name, m.DeletedWith)
		}
	}
}

// Places, labels and taints reach each node.
func TestNodesAreAsConfigured(t *testing.T) {
	recorded := run(t)
	if v, _, _ := recorded.Get(t, instanceType, "demo-front-w1-server").Input("availabilityZone"); v.StringValue() != "az1" {
		t.Errorf("w1 is in zone %v, want az1", v)
	}
	if v, _, ok := recorded.Get(t, instanceType, "demo-front-w2-server").Input("availabilityZone"); ok {
		t.Errorf("w2 is in zone %v, want Nova's choice", v)
	}
	for _, host := range []string{"demo-front-w1", "demo-front-w2"} {
		config := nodetest.Files(t, recorded, host)["etc/kubeadm.yaml"]
		for _, part := range []string{"name: " + host + "\n", "value: tier=front\n", "key: dedicated\n"} {
			if !strings.Contains(config, part) {
				t.Errorf("%s registers without %q:\n%s", host, part, config)
			}
		}
	}
}

func TestWorkerPoolRefusesMissingArgs(t *testing.T) {
	some := &pulumi.ResourceState{}
	for name, args := range map[string]*WorkerPoolArgs{"none": nil, "nothing to wait for": baseline(nil, some), "no cluster": baseline(some, nil)} {
		recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
			_, err := NewWorkerPool(ctx, "demo-front", args)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "args, args.Admitted and args.DeletedWith are required") || len(recorded.Resources) != 0 {
			t.Errorf("%s: %v, %d resources", name, err, len(recorded.Resources))
		}
	}
}
