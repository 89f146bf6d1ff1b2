package machine

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const existingType = "slipway:index:ExistingMachine"

// ExistingArgs describes a machine that nobody has to make.
type ExistingArgs struct {
	// Address at which SSH and the other machines reach it. Required.
	Address netip.Addr
	// HostKey is its public host key in authorized_keys form. Optional: the one
	// that it shows first is kept in the state, and no other is accepted then.
	HostKey string
	// SSH is how to log in. Required.
	SSH SSH
	// Claim is the command that marks the machine as a cluster's, and Release the
	// one that makes it a machine without a cluster again. Required.
	Claim, Release string
}

// Existing is a machine that was there before, and stays when the stack goes.
type Existing struct {
	pulumi.ResourceState
	Machine
}

// showHostKey prints the public host key that a client without one asks for first.
const showHostKey = `cat /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null || cat /etc/ssh/ssh_host_ecdsa_key.pub 2>/dev/null || cat /etc/ssh/ssh_host_rsa_key.pub`

// NewExisting claims a machine for the cluster. Releasing it removes everything
// that the cluster put there.
func NewExisting(ctx *pulumi.Context, name string, args *ExistingArgs, opts ...pulumi.ResourceOption) (*Existing, error) {
	if args == nil || !args.Address.IsValid() || args.Claim == "" || args.Release == "" {
		return nil, errors.New("args with Address, Claim and Release are required")
	}
	e := &Existing{}
	if err := ctx.RegisterComponentResource(existingType, name, e, opts...); err != nil {
		return nil, err
	}
	e.HostName, e.Address = name, pulumi.String(args.Address.String()).ToStringOutput()
	e.HostKey = pulumi.String(args.HostKey).ToStringOutput()
	if args.HostKey == "" {
		shown, err := e.meet(ctx, name, args)
		if err != nil {
			return nil, err
		}
		e.HostKey = trim(shown.Stdout)
	}
	e.Login = args.SSH.Connect(e.Address, e.HostKey)
	var err error
	e.Root, err = Run(ctx, name, e.Login, Step{
		Name: "claim", Command: args.Claim, Delete: args.Release,
		Triggers: pulumi.Array{pulumi.String(args.Address.String())}, // elsewhere is another machine
	}, pulumi.Parent(e))
	if err != nil {
		return nil, fmt.Errorf("claiming machine %s: %w", name, err)
	}
	return e, ctx.RegisterResourceOutputs(e, e.outputs())
}

// meet asks a machine for its host key, once: asking again would be trusting
// again. At another address there is another machine.
func (e *Existing) meet(ctx *pulumi.Context, name string, args *ExistingArgs) (*remote.Command, error) {
	step := Step{Name: "host-key-" + args.Address.String(), Command: showHostKey}
	return Run(ctx, name, args.SSH.meet(e.Address), step, pulumi.Parent(e), pulumi.IgnoreChanges([]string{"create", "connection"}))
}
