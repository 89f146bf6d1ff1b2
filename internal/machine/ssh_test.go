package machine

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/pulumitest"
)

const (
	commandType = "command:remote:Command"
	loginKey    = "-----BEGIN OPENSSH PRIVATE KEY-----\nlogin\n"
)

// login has its key in plain: a caller who forgets the mark must not leak it.
func login() SSH {
	return SSH{
		User: "debian", PrivateKey: pulumi.String(loginKey),
		Jump: &Jump{Host: pulumi.String("172.24.4.2"), HostKey: pulumi.String("ssh-ed25519 bastion")},
	}
}

// command runs one step on a machine and returns what was registered.
func command(t *testing.T, ssh SSH, step Step) (*pulumitest.Recorded, pulumitest.Resource) {
	t.Helper()
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := Run(ctx, "demo-w1", ssh.Connect(pulumi.String("10.0.0.11"), pulumi.String("ssh-ed25519 node")), step)
		return err
	})
	return recorded, recorded.Get(t, commandType, "demo-w1-"+step.Name)
}

// Without a hostKey the provider accepts whoever answers.
func TestConnectionVerifiesHostKeys(t *testing.T) {
	recorded, r := command(t, login(), Step{Name: "prepare", Command: "true"})
	recorded.AssertNoPlainSecrets(t)
	recorded.AssertSecret(t, commandType, r.Name, "connection")
	for path, want := range map[string]string{
		"host": "10.0.0.11", "user": "debian", "privateKey": loginKey, "hostKey": "ssh-ed25519 node",
		"proxy.host": "172.24.4.2", "proxy.user": "debian", "proxy.privateKey": loginKey, "proxy.hostKey": "ssh-ed25519 bastion",
	} {
		if v, _, _ := r.Input("connection." + path); !v.IsString() || v.StringValue() != want {
			t.Errorf("connection.%s = %v, want %q", path, v, want)
		}
	}
}

func TestConnectionWithoutBastion(t *testing.T) {
	ssh := login()
	ssh.Jump = nil
	_, r := command(t, ssh, Step{Name: "prepare", Command: "true"})
	if v, _, ok := r.Input("connection.proxy"); ok {
		t.Errorf("connection.proxy = %v, want none", v)
	}
	if v, _, _ := r.Input("connection.hostKey"); v.StringValue() != "ssh-ed25519 node" {
		t.Errorf("connection.hostKey = %v, want the node's", v)
	}
}

func TestSecretStep(t *testing.T) {
	const needle = "needle"
	recorded, r := command(t, login(), Step{Name: "files", Command: "true", Stdin: pulumi.String(needle), Secret: true})
	recorded.AssertSecret(t, commandType, r.Name, "stdin")
	recorded.AssertNoPlainSecrets(t, needle)
	// Whatever fails may print what it read.
	if v, _, _ := r.Input("logging"); !v.IsString() || v.StringValue() != "none" {
		t.Errorf("logging = %v, want none", v)
	}
}

func TestOpenStep(t *testing.T) {
	_, r := command(t, login(), Step{
		Name: "membership", Command: "look", Stdin: pulumi.String("names"), Delete: "drain",
		Triggers: pulumi.Array{pulumi.String("id")},
	})
	for path, want := range map[string]string{"create": "look", "stdin": "names", "delete": "drain", "triggers[0]": "id"} {
		if v, secret, _ := r.Input(path); !v.IsString() || v.StringValue() != want || secret {
			t.Errorf("%s = %v (secret %v), want %q in plain", path, v, secret, want)
		}
	}
	for _, path := range []string{"logging", "update", "environment"} {
		if v, _, ok := r.Input(path); ok {
			t.Errorf("%s = %v, want it unset", path, v)
		}
	}
	if v, _, _ := r.Input("addPreviousOutputInEnv"); !v.IsBool() || v.BoolValue() {
		t.Error("what a step printed reaches the environment of the next one")
	}
}

func TestPort(t *testing.T) {
	at := attachment()
	at.AddressPairs = []netip.Prefix{netip.MustParsePrefix("10.244.0.0/16")}
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		port, err := NewPort(ctx, "demo-w1", at, netip.MustParseAddr("10.0.0.11"))
		if err != nil {
			return err
		}
		ctx.Export("address", Address(port))
		_, err = NewPort(ctx, "demo-w2", attachment(), netip.Addr{})
		return err
	})
	fixed, free := recorded.Get(t, portType, "demo-w1-port"), recorded.Get(t, portType, "demo-w2-port")
	for path, want := range map[string]string{
		"name": "demo-w1", "fixedIps[0].ipAddress": "10.0.0.11", "fixedIps[0].subnetId": "subnet-id",
		"allowedAddressPairs[0].ipAddress": "10.244.0.0/16", "securityGroupIds[0]": "group-id", "tags[0]": "slipway-cluster=demo",
	} {
		if v, _, _ := fixed.Input(path); !v.IsString() || v.StringValue() != want {
			t.Errorf("%s = %v, want %s", path, v, want)
		}
	}
	if got := recorded.Outputs["address"].StringValue(); got != "10.0.0.11" {
		t.Errorf("Address = %s, want the fixed one", got)
	}
	if v, _, ok := free.Input("fixedIps[0].ipAddress"); ok {
		t.Errorf("a port without a fixed address asks for %v", v)
	}
	if v, _, _ := free.Input("fixedIps[0].subnetId"); !strings.HasPrefix(v.StringValue(), "subnet") {
		t.Errorf("a port without a fixed address is in subnet %v", v)
	}
}
