package remote

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/ssh"

	"slipway/tools/pulumi-resource-command/internal/sshtest"
)

func ptr[T any](v T) *T { return &v }

// machine starts a server and returns how to connect to it with a key.
func machine(t *testing.T) (*sshtest.Server, *Connection) {
	t.Helper()
	t.Setenv("SSH_AUTH_SOCK", "")
	signer, private := sshtest.Key(t)
	server := sshtest.Start(t, sshtest.Login{AuthorizedKey: signer.PublicKey()})
	return server, &Connection{endpoint: at(server, endpoint{PrivateKey: &private, HostKey: &server.HostKey})}
}

func at(s *sshtest.Server, e endpoint) endpoint {
	e.Host, e.Port, e.User = s.Host, ptr(float64(s.Port)), ptr("debian")
	return e
}

func create(ctx context.Context, in CommandInputs) (CommandState, error) {
	resp, err := (&Command{}).Create(ctx, infer.CreateRequest[CommandInputs]{Name: "step", Inputs: in})
	if err == nil && !strings.HasPrefix(resp.ID, "step") {
		err = errors.New("the id does not start with the name")
	}
	return resp.Output, err
}

func TestCommandPassesStdinAndKeepsOutput(t *testing.T) {
	_, connection := machine(t)
	state, err := create(t.Context(), CommandInputs{Connection: connection, Create: ptr("cat; echo; echo two >&2"), Stdin: ptr("one")})
	if err != nil {
		t.Fatal(err)
	}
	if state.Stdout != "one" || state.Stderr != "two" {
		t.Errorf("stdout %q, stderr %q", state.Stdout, state.Stderr)
	}
}

func TestPreviewRunsNothing(t *testing.T) {
	server, connection := machine(t)
	in := CommandInputs{Connection: connection, Create: ptr("true")}
	if _, err := (&Command{}).Create(t.Context(), infer.CreateRequest[CommandInputs]{Name: "s", Inputs: in, DryRun: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := (&Command{}).Update(t.Context(), infer.UpdateRequest[CommandInputs, CommandState]{Inputs: in, DryRun: true}); err != nil {
		t.Fatal(err)
	}
	if n := server.Connections.Load(); n != 0 {
		t.Errorf("a preview made %d connections", n)
	}
}

func TestUpdateRunsUpdateElseCreate(t *testing.T) {
	_, connection := machine(t)
	for want, in := range map[string]CommandInputs{
		"update": {Connection: connection, Create: ptr("echo create"), Update: ptr("echo update")},
		"create": {Connection: connection, Create: ptr("echo create")},
		"old":    {Connection: connection},
	} {
		resp, err := (&Command{}).Update(t.Context(), infer.UpdateRequest[CommandInputs, CommandState]{
			Inputs: in, State: CommandState{Stdout: "old"},
		})
		if err != nil || resp.Output.Stdout != want {
			t.Errorf("got %q, %v; want %q", resp.Output.Stdout, err, want)
		}
	}
}

func TestPreviousOutputReachesUpdateAndDelete(t *testing.T) {
	_, connection := machine(t)
	file := filepath.Join(t.TempDir(), "seen")
	in := CommandInputs{Connection: connection, Delete: ptr(`printf '%s' "$PULUMI_COMMAND_STDOUT" > ` + file)}
	for _, test := range []struct {
		pass *bool
		want string
	}{{nil, "before"}, {ptr(true), "before"}, {ptr(false), ""}} {
		in.AddPreviousOutputInEnv = test.pass
		state := CommandState{CommandInputs: in, Stdout: "before"}
		if _, err := (&Command{}).Delete(t.Context(), infer.DeleteRequest[CommandState]{State: state}); err != nil {
			t.Fatal(err)
		}
		if seen, err := os.ReadFile(file); err != nil || string(seen) != test.want {
			t.Errorf("the command saw %q (%v), want %q", seen, err, test.want)
		}
	}
}

func TestEnvironmentIsAcceptedOrFails(t *testing.T) {
	_, connection := machine(t)
	state, err := create(t.Context(), CommandInputs{Connection: connection, Create: ptr("echo $LC_X"), Environment: map[string]string{"LC_X": "y"}})
	if err != nil || state.Stdout != "y" {
		t.Errorf("stdout %q, %v", state.Stdout, err)
	}
	_, err = create(t.Context(), CommandInputs{Connection: connection, Create: ptr("true"), Environment: map[string]string{"REFUSED": "secret"}})
	if err == nil || !strings.Contains(err.Error(), "REFUSED") || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestFailureQuotesOnlyWhatLoggingAllows(t *testing.T) {
	_, connection := machine(t)
	const command = "echo out-text; echo err-text >&2; exit 3"
	for logging, want := range map[Logging][]string{
		"":                {"err-text"},
		"stdoutAndStderr": {"err-text"},
		"stderr":          {"err-text"},
		"stdout":          {"out-text"},
		"none":            {},
	} {
		in := CommandInputs{Connection: connection, Create: ptr(command)}
		if logging != "" {
			in.Logging = &logging
		}
		state, err := create(t.Context(), in)
		if err == nil {
			t.Fatalf("%s: exit status 3 passed", logging)
		}
		text := err.Error()
		if !strings.Contains(text, "status 3") || !strings.Contains(text, connection.Host) {
			t.Errorf("%s: the error names neither status nor machine: %v", logging, err)
		}
		for _, text := range []string{"out-text", "err-text"} {
			wanted := len(want) > 0 && want[0] == text
			if strings.Contains(err.Error(), text) != wanted {
				t.Errorf("logging %q: quoting %s is %t: %v", logging, text, !wanted, err)
			}
		}
		if state.Stdout != "" || state.Connection != nil {
			t.Errorf("a failed command left state %+v", state)
		}
	}
}

func TestWrongHostKeyIsRefusedAtOnce(t *testing.T) {
	server, connection := machine(t)
	other, _ := sshtest.Key(t)
	connection.HostKey = ptr(string(ssh.MarshalAuthorizedKey(other.PublicKey())))
	connection.DialErrorLimit = ptr(-1) // retrying would never end
	connection.Password = ptr("must-not-be-sent")
	_, err := create(t.Context(), CommandInputs{Connection: connection, Create: ptr("true")})
	if !errors.Is(err, errHostKey) {
		t.Fatalf("got %v, want %v", err, errHostKey)
	}
	if n := server.Connections.Load(); n != 1 || server.Commands.Load() != 0 {
		t.Errorf("%d connections, %d commands", n, server.Commands.Load())
	}
}

func TestBastion(t *testing.T) {
	server, connection := machine(t)
	bastion, through := machine(t)
	connection.Proxy = &ProxyConnection{endpoint: through.endpoint}
	state, err := create(t.Context(), CommandInputs{Connection: connection, Create: ptr("echo here")})
	if err != nil || state.Stdout != "here" {
		t.Fatalf("stdout %q, %v", state.Stdout, err)
	}
	if bastion.Commands.Load() != 0 || server.Commands.Load() != 1 || bastion.Connections.Load() != 1 {
		t.Error("the command did not run on the machine behind the bastion")
	}

	other, _ := sshtest.Key(t)
	connection.Proxy.HostKey = ptr(string(ssh.MarshalAuthorizedKey(other.PublicKey())))
	_, err = create(t.Context(), CommandInputs{Connection: connection, Create: ptr("true")})
	if !errors.Is(err, errHostKey) || !strings.Contains(err.Error(), "bastion") {
		t.Errorf("a bastion with a wrong host key: %v", err)
	}
	connection.Proxy.HostKey, connection.HostKey = &bastion.HostKey, connection.Proxy.HostKey
	_, err = create(t.Context(), CommandInputs{Connection: connection, Create: ptr("true")})
	if !errors.Is(err, errHostKey) || server.Commands.Load() != 1 {
		t.Errorf("a machine with a wrong host key behind the bastion: %v", err)
	}
}

func TestDialErrorLimit(t *testing.T) {
	server, connection := machine(t)
	connection.DialErrorLimit = ptr(2)
	server.Refuse.Store(2)
	if _, err := create(t.Context(), CommandInputs{Connection: connection, Create: ptr("true")}); err != nil {
		t.Fatalf("two failures are within the limit: %v", err)
	}
	server.Refuse.Store(3)
	_, err := create(t.Context(), CommandInputs{Connection: connection, Create: ptr("true")})
	if err == nil || !strings.Contains(err.Error(), "3 attempts failed") {
		t.Errorf("got %v", err)
	}
}

func TestPerDialTimeoutEndsSilentServers(t *testing.T) {
	server, connection := machine(t)
	server.Silent.Store(true)
	connection.DialErrorLimit, connection.PerDialTimeout = ptr(0), ptr(1)
	_, err := create(t.Context(), CommandInputs{Connection: connection, Create: ptr("true")})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// A machine that lost its network in the middle of a step: the connection to
// the bastion goes on, so nothing else would ever end the wait.
func TestStepOnAMachineThatWentSilentFails(t *testing.T) {
	defer func(interval, limit time.Duration) { aliveInterval, aliveLimit = interval, limit }(aliveInterval, aliveLimit)
	aliveInterval, aliveLimit = 10*time.Millisecond, 200*time.Millisecond
	_, proxy := machine(t)
	target, connection := machine(t)
	connection.Proxy = &ProxyConnection{endpoint: proxy.endpoint}
	slow := CommandInputs{Connection: connection, Create: ptr("sleep 1; echo done")}
	if state, err := create(t.Context(), slow); err != nil || state.Stdout != "done" {
		t.Errorf("a slow step on a machine that answers: %q, %v", state.Stdout, err)
	}
	target.Deaf.Store(true)
	if _, err := create(t.Context(), slow); !errors.Is(err, errSilent) || !strings.Contains(err.Error(), target.Host) {
		t.Errorf("a step on a machine that went silent: %v", err)
	}
}

func TestLogins(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "")
	server := sshtest.Start(t, sshtest.Login{Password: "right"})
	try := func(e endpoint) error {
		e = at(server, e)
		e.DialErrorLimit = ptr(0)
		_, err := create(t.Context(), CommandInputs{Connection: &Connection{endpoint: e}, Create: ptr("true")})
		return err
	}
	if err := try(endpoint{Password: ptr("right")}); err != nil {
		t.Error(err)
	}
	if err := try(endpoint{Password: ptr("wrong")}); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password: %v", err)
	}
	if err := try(endpoint{PrivateKey: ptr("not a key")}); !errors.Is(err, errLogin) || strings.Contains(err.Error(), "not a key") {
		t.Errorf("an unreadable key: %v", err)
	}
	if err := try(endpoint{HostKey: ptr("nonsense")}); !errors.Is(err, errLogin) {
		t.Errorf("an unreadable host key: %v", err)
	}
}

// TestCancelEndsTheRemoteCommand pins that Ctrl-C does not leave commands
// running on machines.
func TestCancelEndsTheRemoteCommand(t *testing.T) {
	server, connection := machine(t)
	file := filepath.Join(t.TempDir(), "ended")
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		_, err := create(ctx, CommandInputs{Connection: connection,
			Create: ptr("trap 'touch " + file + "; exit' TERM; while :; do sleep 0.05; done")})
		result <- err
	}()
	await(t, func() bool { return server.Commands.Load() == 1 })
	await(t, func() bool { cancel(); _, err := os.Stat(file); return err == nil })
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func await(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within 10 s")
		}
	}
}
