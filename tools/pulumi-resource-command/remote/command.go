package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"

	"slipway/tools/pulumi-resource-command/capture"
)

// Command is the resource command:remote:Command.
type Command struct{}

// CommandInputs are the properties that a program sets.
type CommandInputs struct {
	Connection             *Connection       `pulumi:"connection" provider:"secret"`
	Environment            map[string]string `pulumi:"environment,optional"`
	Triggers               *[]any            `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create                 *string           `pulumi:"create,optional"`
	Update                 *string           `pulumi:"update,optional"`
	Delete                 *string           `pulumi:"delete,optional"`
	Stdin                  *string           `pulumi:"stdin,optional"`
	Logging                *Logging          `pulumi:"logging,optional"`
	AddPreviousOutputInEnv *bool             `pulumi:"addPreviousOutputInEnv,optional"`
}

// CommandState is what the last run of the command left.
type CommandState struct {
	CommandInputs
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// Logging says which streams of a command are shown while it runs.
type Logging string

// Values lists the accepted values for the schema.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: "Stdout", Value: capture.Stdout, Description: "Capture stdout in logs but not stderr"},
		{Name: "Stderr", Value: capture.Stderr, Description: "Capture stderr in logs but not stdout"},
		{Name: "StdoutAndStderr", Value: capture.StdoutAndStderr, Description: "Capture stdout and stderr in logs"},
		{Name: "None", Value: capture.None, Description: "Capture no logs"},
	}
}

// Annotate describes the resource in the schema.
func (c *CommandInputs) Annotate(a infer.Annotator) {
	a.SetDefault(&c.AddPreviousOutputInEnv, true)
}

// Create runs the create command. A failure leaves nothing recorded, so that
// the next update runs it again.
func (*Command) Create(ctx context.Context, req infer.CreateRequest[CommandInputs]) (infer.CreateResponse[CommandState], error) {
	state := CommandState{CommandInputs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun && req.Inputs.Create != nil {
		err = state.run(ctx, *req.Inputs.Create)
	}
	if err != nil {
		return infer.CreateResponse[CommandState]{}, err
	}
	return infer.CreateResponse[CommandState]{ID: id, Output: state}, nil
}

// Update runs the update command, or the create command where there is none.
func (*Command) Update(ctx context.Context, req infer.UpdateRequest[CommandInputs, CommandState]) (infer.UpdateResponse[CommandState], error) {
	state := CommandState{CommandInputs: req.Inputs, Stdout: req.State.Stdout, Stderr: req.State.Stderr}
	command := req.Inputs.Update
	if command == nil {
		command = req.Inputs.Create
	}
	if !req.DryRun && command != nil {
		if err := state.run(ctx, *command); err != nil {
			return infer.UpdateResponse[CommandState]{}, err
		}
	}
	return infer.UpdateResponse[CommandState]{Output: state}, nil
}

// Delete runs the delete command, if there is one.
func (*Command) Delete(ctx context.Context, req infer.DeleteRequest[CommandState]) (infer.DeleteResponse, error) {
	if req.State.Delete == nil {
		return infer.DeleteResponse{}, nil
	}
	return infer.DeleteResponse{}, req.State.run(ctx, *req.State.Delete)
}

// run runs one command on the machine and keeps its output.
func (s *CommandState) run(ctx context.Context, command string) error {
	client, err := s.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return fmt.Errorf("opening a session on %s: %w", s.Connection.Host, err)
	}
	defer session.Close()
	if err := s.setEnvironment(ctx, session); err != nil {
		return err
	}
	if s.Stdin != nil {
		session.Stdin = strings.NewReader(*s.Stdin)
	}
	output := capture.New(ctx, string(orDefault(s.Logging, "")))
	session.Stdout, session.Stderr = output.Writers()

	// Cancelled (by the user, or a custom timeout): end the remote command too.
	stop := context.AfterFunc(ctx, func() {
		_ = session.Signal(ssh.SIGTERM)
		_ = client.Close()
	})
	defer stop()
	if err := client.explain(session.Run(command)); err != nil {
		if ctx.Err() != nil {
			err = errors.Join(ctx.Err(), err)
		}
		return output.Failure("the command on "+s.Connection.Host+" failed", err)
	}
	s.Stdout, s.Stderr = output.Stdout(), output.Stderr()
	return nil
}

// setEnvironment passes variables by the SSH protocol, which servers accept
// only for names that their AcceptEnv lists.
func (s *CommandState) setEnvironment(ctx context.Context, session *ssh.Session) error {
	const hint = "the SSH server has to list it in AcceptEnv"
	for name, value := range s.Environment {
		if err := session.Setenv(name, value); err != nil {
			return fmt.Errorf("setting the variable %s on %s: %w; %s", name, s.Connection.Host, err, hint)
		}
	}
	if !orDefault(s.AddPreviousOutputInEnv, true) {
		return nil
	}
	for name, value := range map[string]string{"PULUMI_COMMAND_STDOUT": s.Stdout, "PULUMI_COMMAND_STDERR": s.Stderr} {
		if value == "" {
			continue
		}
		if err := session.Setenv(name, value); err != nil {
			p.GetLogger(ctx).Warningf("%s is not set on %s: %v; %s", name, s.Connection.Host, err, hint)
		}
	}
	return nil
}
