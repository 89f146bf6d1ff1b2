package bastion

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/machine"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const instanceType = "openstack:compute/instance:Instance"

func baseline() *BastionArgs {
	return &BastionArgs{
		Flavor: machine.Flavor{ID: "flavor-id", Name: "flavor"}, ImageID: "image-id", ExternalNetwork: "public",
		Attachment: nodetest.Attachment(), KeyPair: pulumi.String("demo-ssh"), User: "debian", PrivateKey: pulumi.String(nodetest.PrivateKey),
		Metadata: map[string]string{"slipway-cluster": "demo"}, Tags: []string{"slipway-cluster=demo"},
	}
}

func run(t *testing.T) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		b, err := NewBastion(ctx, "demo-bastion", baseline())
		if err != nil {
			return err
		}
		ctx.Export("address", b.Address)
		ctx.Export("hostKey", b.HostKey)
		return nil
	})
}

func TestBastion(t *testing.T) {
	recorded := run(t)
	recorded.AssertComponent(t, bastionType, "demo-bastion")
	recorded.AssertNoPlainSecrets(t)
	recorded.AssertSecret(t, instanceType, "demo-bastion-server", "userData")
	golden.Assert(t, "graph.txt", recorded.Graph())
}

// What nodes are reached through: the floating IP, and the key that machine
// shows there.
func TestAddressAndHostKeyBelongTogether(t *testing.T) {
	recorded := run(t)
	floating := recorded.Get(t, "openstack:networking/floatingIp:FloatingIp", "demo-bastion-address")
	port := recorded.Get(t, "openstack:networking/port:Port", "demo-bastion-port")
	for what, r := range map[string]pulumitest.Resource{"portId": floating, "networks[0].port": recorded.Get(t, instanceType, "demo-bastion-server")} {
		if v, _, _ := r.Input(what); !v.IsString() || v.StringValue() != port.ID {
			t.Errorf("%s of %s = %v, want the bastion's port", what, r.Name, v)
		}
	}
	key := recorded.Get(t, "tls:index/privateKey:PrivateKey", "demo-bastion-hostkey").Outputs["publicKeyOpenssh"].StringValue()
	for output, want := range map[resource.PropertyKey]string{
		"address": floating.Outputs["address"].StringValue(), "hostKey": strings.TrimSpace(key),
	} {
		if got := recorded.Outputs[output].StringValue(); got != want {
			t.Errorf("%s = %q, want %q", output, got, want)
		}
	}
}

func TestBastionRefusesNoArgs(t *testing.T) {
	recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
		_, err := NewBastion(ctx, "demo-bastion", nil)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "args is required") || len(recorded.Resources) != 0 {
		t.Errorf("NewBastion(nil): %v, %d resources", err, len(recorded.Resources))
	}
}
