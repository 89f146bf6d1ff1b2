// Package sshkey owns the key that logs in to all machines of a cluster.
package sshkey

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/compute"
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const sshKeyType = "slipway:index:SSHKey"

// SSHKey is a key pair that Nova puts on every machine it boots.
type SSHKey struct {
	pulumi.ResourceState

	// Name of the Nova keypair.
	Name pulumi.StringOutput `pulumi:"name"`
	// PrivateKey in OpenSSH form. Secret.
	PrivateKey pulumi.StringOutput
}

// NewSSHKey generates the key and registers its public half with Nova.
func NewSSHKey(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*SSHKey, error) {
	k := &SSHKey{}
	if err := ctx.RegisterComponentResource(sshKeyType, name, k, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(k)
	key, err := tls.NewPrivateKey(ctx, name+"-key", &tls.PrivateKeyArgs{Algorithm: pulumi.String("ED25519")}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating key %s: %w", name, err)
	}
	pair, err := compute.NewKeypair(ctx, name+"-keypair", &compute.KeypairArgs{
		Name:      pulumi.String(name),
		PublicKey: key.PublicKeyOpenssh.ApplyT(strings.TrimSpace).(pulumi.StringOutput).ToStringPtrOutput(),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating keypair %s: %w", name, err)
	}
	k.Name = pair.Name
	k.PrivateKey = key.PrivateKeyOpenssh
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"name": k.Name})
}
