package controlplane

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/golden"
	"slipway/internal/node"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	commandType  = "command:remote:Command"
	instanceType = "openstack:compute/instance:Instance"
)

// shape names the machines of a control plane.
type shape struct{ nodes, etcd, proxies []string }

var single = shape{nodes: []string{"cp1"}}

// args creates the ports of the machines: those of the nodes are at 10.0.0.11
// and on, by the numbers in their names, of etcd at 10.0.0.21, of proxies at
// 10.0.0.31. All but etcd's hold the virtual address, 10.0.0.10, if there are
// proxies or several nodes.
func (s shape) args(ctx *pulumi.Context) (*ControlPlaneArgs, error) {
	args := &ControlPlaneArgs{
		Settings: nodetest.Settings(), VirtualAddress: map[string]pulumi.Output{}, ServerGroupPolicy: "anti-affinity", EncryptionGeneration: 1,
		Endpoint: node.Endpoint{
			Internal: pulumi.String("10.0.0.10").ToStringOutput(), External: pulumi.String("172.24.4.10").ToStringOutput(), Port: 6443,
		},
		Members: []string{"demo-front-w1"},
	}
	for _, set := range []struct {
		machines       *Machines
		prefix, subnet string
		names          []string
	}{
		{&args.Machines, "demo", "10.0.0.1", s.nodes}, {&args.Etcd, "demo-etcd", "10.0.0.2", s.etcd}, {&args.Proxies, "demo-proxy", "10.0.0.3", s.proxies},
	} {
		if len(set.names) == 0 {
			continue
		}
		*set.machines = Machines{Prefix: set.prefix, Hardware: nodetest.Hardware(), Zones: map[string]string{}}
		addresses := map[string]netip.Addr{}
		for _, name := range set.names {
			number := name[len(name)-1:]
			set.machines.Zones[name], addresses[name] = "az"+number, netip.MustParseAddr(set.subnet+number)
		}
		var err error
		if set.machines.Ports, err = NewPorts(ctx, set.prefix, &PortsArgs{Addresses: addresses, Attachment: nodetest.Attachment()}); err != nil {
			return nil, err
		}
	}
	holders := args.Proxies
	if len(s.proxies) == 0 && len(s.nodes) > 1 {
		holders = args.Machines
	}
	for host := range holders.Addresses() {
		args.VirtualAddress[host] = pulumi.Any(bootstrap.Proxy{Address: netip.MustParseAddr("10.0.0.11"), HAProxy: "haproxy", Keepalived: "keepalived"})
	}
	return args, nil
}

func run(t *testing.T, s shape, change func(*ControlPlaneArgs)) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		args, err := s.args(ctx)
		if err != nil {
			return err
		}
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
	recorded := run(t, single, nil)
	recorded.AssertParented(t)
	recorded.AssertNames(t, "demo")
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
	for _, c := range recorded.ByType(commandType) {
		recorded.AssertSecret(t, commandType, c.Name, "connection")
	}
	if got := recorded.Outputs["addresses"].ObjectValue()["demo-cp1"].StringValue(); got != "10.0.0.11" {
		t.Errorf("address of demo-cp1 = %q, want that of its port", got)
	}
	// A newer image under the same name must not replace a control plane: etcd is on its disk.
	server := recorded.Get(t, instanceType, "demo-cp1-server")
	if !slices.Contains(server.IgnoreChanges, "imageId") || !slices.Contains(server.IgnoreChanges, "userData") {
		t.Errorf("ignored changes of the server = %v, want userData and imageId", server.IgnoreChanges)
	}
}

func TestStepsFollowEachOther(t *testing.T) {
	recorded := run(t, single, nil)
	checkOrder(t, recorded, "demo-cp1-files", "demo-cp1-prepare", "demo-cp1-init", "demo-cp1-admit")
	checkOrder(t, recorded, "demo-cp1-init", "demo-cp1-settings", "demo-cp1-reencrypt")
}

// checkOrder checks that each step waits for the one before it.
func checkOrder(t *testing.T, recorded *pulumitest.Recorded, steps ...string) {
	t.Helper()
	for i, after := range steps[1:] {
		if !waits(t, recorded, after, steps[i]) {
			t.Errorf("%s does not wait for %s", after, steps[i])
		}
	}
}

// waits tells whether a step depends on another.
func waits(t *testing.T, recorded *pulumitest.Recorded, step, before string) bool {
	t.Helper()
	return slices.Contains(recorded.Get(t, commandType, step).DependsOn, recorded.Get(t, commandType, before).URN)
}

// Tokens live for hours: a node that comes later needs a new one, and nothing
// else on the control plane may run again for it.
func TestNewMemberIsAdmitted(t *testing.T) {
	before := run(t, single, nil)
	after := run(t, single, func(args *ControlPlaneArgs) { args.Members = append(args.Members, "demo-front-w2") })
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
		recorded := run(t, single, func(args *ControlPlaneArgs) { args.Schedulable = schedulable })
		if config := nodetest.Files(t, recorded, "demo-cp1")["etc/kubeadm.yaml"]; !strings.Contains(config, want) {
			t.Errorf("schedulable %v: no %q in\n%s", schedulable, want, config)
		}
	}
}

func TestControlPlaneRefuses(t *testing.T) {
	const noPorts = "args and args.Machines, with ports or existing, are required"
	names := func(names ...string) map[string]string {
		zones := map[string]string{}
		for _, name := range names {
			zones[name] = ""
		}
		return zones
	}
	one := Machines{Ports: &Ports{}, Zones: names("cp1")}
	for name, tt := range map[string]struct {
		args *ControlPlaneArgs
		want string
	}{
		"no args":       {nil, noPorts},
		"no ports":      {&ControlPlaneArgs{Machines: Machines{Zones: names("cp1")}}, noPorts},
		"no members":    {&ControlPlaneArgs{Machines: Machines{Ports: &Ports{}}}, "a control plane of 0 nodes: an odd number is required"},
		"two members":   {&ControlPlaneArgs{Machines: Machines{Ports: &Ports{}, Zones: names("cp1", "cp2")}}, "a control plane of 2 nodes: an odd number is required"},
		"even etcd":     {&ControlPlaneArgs{Machines: one, Etcd: Machines{Zones: names("e1", "e2")}}, "2 dedicated etcd members: an odd number is required"},
		"useless proxy": {&ControlPlaneArgs{Machines: one, Proxies: Machines{Prefix: "demo-proxy", Zones: names("p1")}}, "proxy demo-proxy-p1 holds no virtual address"},
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
