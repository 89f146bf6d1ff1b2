package machine

import (
	"fmt"

	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Step is one remote command of a machine's bootstrap. Commands are short and
// fixed; what differs between machines is in files or on standard input.
type Step struct {
	// Name of the step, e.g. "prepare". Required.
	Name string
	// Command to run, with sudo -n in front; it must be idempotent. Required.
	Command string
	// Stdin is passed to the command. Optional.
	Stdin pulumi.StringInput
	// Secret says that Stdin is one: it is encrypted in the state, and what the
	// command prints is not logged.
	Secret bool
	// Triggers replace the step, and so run the command again, when one of them changes.
	Triggers pulumi.Array
	// Delete is run when the step is removed or replaced, with sudo -n in front. Optional.
	Delete string
}

// Run runs the step on the machine that the login leads to. The resource is
// called <name>-<step>.
func Run(ctx *pulumi.Context, name string, in Login, step Step, opts ...pulumi.ResourceOption) (*remote.Command, error) {
	args := &remote.CommandArgs{
		Connection:             in.connection,
		Create:                 pulumi.String(in.command(step.Command)),
		Stdin:                  in.stdin(step.Command, step.Stdin),
		Triggers:               step.Triggers,
		AddPreviousOutputInEnv: pulumi.Bool(false),
	}
	if step.Secret {
		args.Stdin = pulumi.ToSecret(args.Stdin).(pulumi.StringPtrOutput)
		// Nothing a command says about its input may reach a log.
		args.Logging = remote.LoggingNone
	}
	if step.Delete != "" {
		args.Delete = pulumi.String(in.command(step.Delete))
	}
	command, err := remote.NewCommand(ctx, name+"-"+step.Name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("registering step %s of %s: %w", step.Name, name, err)
	}
	return command, nil
}
