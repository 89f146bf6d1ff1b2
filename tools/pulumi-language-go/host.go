package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host implements the calls that the CLI makes for programs and plugins in Go.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	// life ends with the host; cancel ends everything that it runs.
	life   context.Context
	cancel context.CancelFunc

	mu     sync.Mutex
	engine string
}

func newHost(ctx context.Context, engine string) *host {
	h := &host{engine: engine}
	h.life, h.cancel = context.WithCancel(ctx)
	return h
}

// bound returns a context that ends with the call or with the host, whichever
// is first.
func (h *host) bound(call context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(call)
	stop := context.AfterFunc(h.life, cancel)
	return ctx, func() { stop(); cancel() }
}

// Handshake learns the engine's address.
func (h *host) Handshake(_ context.Context, req *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.engine = req.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// Cancel ends the running programs.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

// GetPluginInfo returns the version of the host.
func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

// Run runs a Pulumi program to its end.
func (h *host) Run(call context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	ctx, cancel := h.bound(call)
	defer cancel()
	if req.GetAttachDebugger() {
		return nil, errors.New("pulumi-language-go cannot attach a debugger")
	}
	environment, err := h.environment(req)
	if err != nil {
		return nil, err
	}
	program, err := prepare(ctx, req.GetInfo(), os.Stderr)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	cmd := exec.Command(program.path, req.GetArgs()...)
	cmd.Dir = req.GetPwd()
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err = program.run(ctx, cmd)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == constant.ExitStatusLoggedError:
		return &pulumirpc.RunResponse{Bail: true}, nil // it has told the user
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("running the program: %v", err)}, nil
	}
}

// environment is how a program learns what to do: variables that the SDK reads.
func (h *host) environment(req *pulumirpc.RunRequest) ([]string, error) {
	config, err := json.Marshal(req.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	secrets, err := json.Marshal(req.GetConfigSecretKeys())
	if err != nil {
		return nil, fmt.Errorf("encoding the secret keys: %w", err)
	}
	h.mu.Lock()
	engine := h.engine
	h.mu.Unlock()
	variables := map[string]string{
		pulumi.EnvOrganization:        req.GetOrganization(),
		pulumi.EnvProject:             req.GetProject(),
		pulumi.EnvPulumiRootDirectory: req.GetInfo().GetRootDirectory(),
		pulumi.EnvStack:               req.GetStack(),
		pulumi.EnvConfig:              string(config),
		pulumi.EnvConfigSecretKeys:    string(secrets),
		pulumi.EnvDryRun:              strconv.FormatBool(req.GetDryRun()),
		pulumi.EnvParallel:            strconv.Itoa(int(req.GetParallel())),
		pulumi.EnvMonitor:             req.GetMonitorAddress(),
		pulumi.EnvEngine:              engine,
	}
	var environment []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		environment = append(environment, name+"="+variables[name])
	}
	return environment, nil
}

// RunPlugin runs a provider or policy pack that is written in Go.
func (h *host) RunPlugin(req *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer) error {
	ctx, cancel := h.bound(stream.Context())
	defer cancel()
	if req.GetAttachDebugger() {
		return errors.New("pulumi-language-go cannot attach a debugger")
	}
	var sending sync.Mutex // a gRPC stream takes one message at a time
	stdout := sender(func(b []byte) error {
		sending.Lock()
		defer sending.Unlock()
		return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: b}})
	})
	stderr := sender(func(b []byte) error {
		sending.Lock()
		defer sending.Unlock()
		return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: b}})
	})
	program, err := prepare(ctx, req.GetInfo(), stderr)
	if err != nil {
		return err
	}
	cmd := exec.Command(program.path, req.GetArgs()...)
	cmd.Dir = req.GetPwd()
	cmd.Env = req.GetEnv() // the engine sends the whole environment
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err = program.run(ctx, cmd)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("running plugin %s: %w", req.GetName(), err)
	}
	return stream.Send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(cmd.ProcessState.ExitCode())},
	})
}

// InstallDependencies downloads the modules of the program.
func (h *host) InstallDependencies(req *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer) error {
	ctx, cancel := h.bound(stream.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "mod", "download")
	cmd.Dir = req.GetInfo().GetProgramDirectory()
	output := sender(func(b []byte) error {
		return stream.Send(&pulumirpc.InstallDependenciesResponse{Stderr: b})
	})
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go mod download in %s: %w", cmd.Dir, err)
	}
	return nil
}

// About returns the Go that compiles programs.
func (h *host) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("finding go: %w", err)
	}
	out, err := exec.CommandContext(ctx, path, "env", "GOVERSION").Output()
	if err != nil {
		return nil, fmt.Errorf("asking go for its version: %w", err)
	}
	return &pulumirpc.AboutResponse{Executable: path, Version: strings.TrimSpace(string(out))}, nil
}

// sender is a writer that passes on what is written.
type sender func([]byte) error

func (s sender) Write(b []byte) (int, error) {
	if err := s(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

var _ io.Writer = sender(nil)
