// Package local runs commands on the machine where Pulumi runs.
package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/tools/pulumi-resource-command/capture"
)

// Command is the resource command:local:Command.
type Command struct{}

// Process is how a command is run, shared by the resource and the function.
type Process struct {
	Environment            map[string]string `pulumi:"environment,optional"`
	Stdin                  *string           `pulumi:"stdin,optional"`
	Interpreter            *[]string         `pulumi:"interpreter,optional"`
	Dir                    *string           `pulumi:"dir,optional"`
	Logging                *Logging          `pulumi:"logging,optional"`
	AddPreviousOutputInEnv *bool             `pulumi:"addPreviousOutputInEnv,optional"`
	// Accepted by the official plugin only; refused here, not ignored.
	AssetPaths   *[]string `pulumi:"assetPaths,optional"`
	ArchivePaths *[]string `pulumi:"archivePaths,optional"`
}

// CommandInputs are the properties that a program sets.
type CommandInputs struct {
	Process
	Triggers *[]any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create   *string `pulumi:"create,optional"`
	Update   *string `pulumi:"update,optional"`
	Delete   *string `pulumi:"delete,optional"`
}

// CommandState is what the last run of the command left.
type CommandState struct {
	CommandInputs
	Output
}

// Output is what a command printed.
type Output struct {
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

// Check refuses what this plugin leaves out.
func (*Command) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[CommandInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CommandInputs](ctx, req.NewInputs)
	if inputs.AssetPaths != nil || inputs.ArchivePaths != nil {
		failures = append(failures, p.CheckFailure{Property: "assetPaths", Reason: errNoAssets.Error()})
	}
	return infer.CheckResponse[CommandInputs]{Inputs: inputs, Failures: failures}, err
}

var errNoAssets = errors.New("assetPaths and archivePaths need the official command plugin")

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
	state := CommandState{CommandInputs: req.Inputs, Output: req.State.Output}
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

func (s *CommandState) run(ctx context.Context, command string) error {
	output, err := s.Process.run(ctx, command, s.Output)
	if err == nil {
		s.Output = output
	}
	return err
}

// run runs one command in its own process group, so that cancelling ends what
// the command started, too.
func (o *Process) run(ctx context.Context, command string, previous Output) (Output, error) {
	argv := []string{"/bin/sh", "-c"}
	if o.Interpreter != nil && len(*o.Interpreter) > 0 {
		argv = append([]string{}, *o.Interpreter...)
	}
	argv = append(argv, command)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if o.Dir != nil {
		cmd.Dir = *o.Dir
	}
	cmd.Env = os.Environ()
	for name, value := range o.Environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if o.AddPreviousOutputInEnv == nil || *o.AddPreviousOutputInEnv {
		cmd.Env = append(cmd.Env, "PULUMI_COMMAND_STDOUT="+previous.Stdout, "PULUMI_COMMAND_STDERR="+previous.Stderr)
	}
	if o.Stdin != nil {
		cmd.Stdin = strings.NewReader(*o.Stdin)
	}
	logging := ""
	if o.Logging != nil {
		logging = string(*o.Logging)
	}
	output := capture.New(ctx, logging)
	cmd.Stdout, cmd.Stderr = output.Writers()
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = errors.Join(ctx.Err(), err)
		}
		return Output{}, output.Failure("the local command failed", err)
	}
	return Output{Stdout: output.Stdout(), Stderr: output.Stderr()}, nil
}
