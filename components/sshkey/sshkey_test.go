package sshkey

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"golang.org/x/crypto/ssh"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

func TestSSHKey(t *testing.T) {
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		k, err := NewSSHKey(ctx, "demo-ssh")
		if err != nil {
			return err
		}
		ctx.Export("name", k.Name)
		ctx.Export("privateKey", k.PrivateKey)
		return nil
	})
	recorded.AssertComponent(t, sshKeyType, "demo-ssh")
	recorded.AssertNoPlainSecrets(t)
	recorded.AssertSecretOutput(t, "privateKey")
	golden.Assert(t, "graph.txt", recorded.Graph())
	if got := recorded.Outputs["name"].StringValue(); got != "demo-ssh" {
		t.Errorf("name = %q, want the keypair's", got)
	}
	signer, err := ssh.ParsePrivateKey([]byte(recorded.Outputs["privateKey"].SecretValue().Element.StringValue()))
	if err != nil {
		t.Fatalf("the private key is not in OpenSSH form: %v", err)
	}
	// Nova returns the key without its newline: with one, every refresh would show a change.
	want := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	pair := recorded.Get(t, "openstack:compute/keypair:Keypair", "demo-ssh-keypair")
	if v, _, _ := pair.Input("publicKey"); !v.IsString() || v.StringValue() != want {
		t.Errorf("publicKey = %v, want %q", v, want)
	}
}
