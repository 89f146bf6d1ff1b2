package endpoint

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/machine"
	"slipway/internal/node"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	floatingIPType = "openstack:networking/floatingIp:FloatingIp"
	portType       = "openstack:networking/port:Port"
)

// run puts the endpoint on a port at 10.0.0.10.
func run(t *testing.T, floatingIP *machine.FloatingIP) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		port, err := machine.NewPort(ctx, "demo-endpoint-node", nodetest.Attachment(), netip.MustParseAddr("10.0.0.10"))
		if err != nil {
			return err
		}
		d, err := NewDirect(ctx, "demo-endpoint", &DirectArgs{Address: machine.Address(port), PortID: port.ID(), Port: 6443, FloatingIP: floatingIP})
		if err != nil {
			return err
		}
		export(ctx, d.Endpoint)
		return nil
	})
}

// export makes the fields of an endpoint visible to check.
func export(ctx *pulumi.Context, e node.Endpoint) {
	for key, value := range e.Outputs() {
		ctx.Export(key, value)
	}
}

// public is a new address on the internet.
func public() *machine.FloatingIP {
	return &machine.FloatingIP{Network: "public", Description: "Kubernetes API of demo", Tags: []string{"slipway-cluster=demo"}}
}

func TestDirectWithFloatingIP(t *testing.T) {
	recorded := run(t, public())
	recorded.AssertNames(t, "demo-endpoint")
	recorded.AssertOutputsRegistered(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
	floating := recorded.Get(t, floatingIPType, "demo-endpoint-address")
	if parent := recorded.Get(t, directType, "demo-endpoint").URN; floating.Parent != parent {
		t.Errorf("the floating IP is below %s, want the endpoint", floating.Parent)
	}
	if v, _, _ := floating.Input("portId"); v.StringValue() != recorded.Get(t, portType, "demo-endpoint-node-port").ID {
		t.Errorf("the floating IP is on port %v, want the control plane's", v)
	}
	check(t, recorded, directType, "10.0.0.10", floating.Outputs["address"].StringValue())
}

// An address on the internet is for those who ask for it.
func TestDirectWithoutFloatingIP(t *testing.T) {
	recorded := run(t, nil)
	if got := recorded.ByType(floatingIPType); len(got) != 0 {
		t.Errorf("%d floating IPs, want none", len(got))
	}
	check(t, recorded, directType, "10.0.0.10", "10.0.0.10")
}

// check compares the endpoint, both as its fields say and as registered.
func check(t *testing.T, recorded *pulumitest.Recorded, typ, internal, external string) {
	t.Helper()
	registered := recorded.Get(t, typ, "demo-endpoint").Outputs
	for what, got := range map[string]resource.PropertyMap{"fields": recorded.Outputs, "outputs": registered} {
		if got["internal"].StringValue() != internal || got["external"].StringValue() != external || got["port"].NumberValue() != 6443 {
			t.Errorf("%s of the endpoint = %v, want %s inside and %s outside at 6443", what, got, internal, external)
		}
	}
}

func TestDirectRefusesMissingArgs(t *testing.T) {
	for _, args := range []*DirectArgs{nil, {Port: 6443}, {Address: pulumi.String("10.0.0.10"), FloatingIP: public()}} {
		recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
			_, err := NewDirect(ctx, "demo-endpoint", args)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "args with Address, and with PortID for a floating IP, are required") || len(recorded.Resources) != 0 {
			t.Errorf("NewDirect(%v): %v, %d resources", args, err, len(recorded.Resources))
		}
	}
}
