package machine

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/pulumitest"
)

func existing(t *testing.T, hostKey string, opts ...pulumitest.Option) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		ssh := login()
		ssh.Running = true
		e, err := NewExisting(ctx, "h1", &ExistingArgs{
			Address: netip.MustParseAddr("192.0.2.11"), HostKey: hostKey, SSH: ssh, Claim: "sudo -n claim", Release: "sudo -n release",
		})
		if err != nil {
			return err
		}
		ctx.Export("address", e.Address)
		return nil
	}, opts...)
}

func TestExistingMachineIsClaimedAndReleased(t *testing.T) {
	recorded := existing(t, "ssh-ed25519 node")
	recorded.AssertParented(t)
	recorded.AssertNames(t, "h1")
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t)
	if n := len(recorded.ByType(commandType)); n != 1 {
		t.Errorf("%d commands, want the claim alone", n)
	}
	claim := recorded.Get(t, commandType, "h1-claim")
	for path, want := range map[string]string{
		"create": "sudo -n claim", "delete": "sudo -n release", "triggers[0]": "192.0.2.11",
		"connection.host": "192.0.2.11", "connection.hostKey": "ssh-ed25519 node",
	} {
		if v, _, _ := claim.Input(path); !v.IsString() || v.StringValue() != want {
			t.Errorf("%s = %v, want %q", path, v, want)
		}
	}
	if v, _, _ := claim.Input("connection.dialErrorLimit"); v.NumberValue() != runningDialAttempts {
		t.Errorf("it is dialled %v times", v)
	}
}

// The key that the machine showed first is pinned; asking again would be
// trusting again.
func TestTrustOnFirstUse(t *testing.T) {
	const shown = "ssh-ed25519 shown first"
	recorded := existing(t, "", pulumitest.Outputs(commandType, func(_ pulumitest.Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
		state["stdout"] = resource.MakeSecret(resource.NewProperty(shown + "\n"))
		return state, nil
	}))
	meeting := recorded.Get(t, commandType, "h1-host-key-192.0.2.11")
	if _, _, ok := meeting.Input("connection.hostKey"); ok {
		t.Error("the first connection has a host key")
	}
	if v, _, _ := meeting.Input("create"); strings.Contains(v.StringValue(), "sudo") {
		t.Errorf("a machine that nobody knows is told more than it must: %s", v.StringValue())
	}
	if strings.Join(meeting.IgnoreChanges, " ") != "create connection" {
		t.Errorf("ignored changes are %v", meeting.IgnoreChanges)
	}
	claim := recorded.Get(t, commandType, "h1-claim")
	if v, _, _ := claim.Input("connection.hostKey"); v.StringValue() != shown {
		t.Errorf("the second connection wants the key %v, but %q was shown", v, shown)
	}
}
