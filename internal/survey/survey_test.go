package survey

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// free is an address where nobody listens.
func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// silent is an address where somebody listens who says nothing.
func silent(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// The script really runs, on this machine.
func TestAskTellsWhatThisMachineIs(t *testing.T) {
	address := serve(t, 2)
	_, text, _ := net.SplitHostPort(address)
	taken, _ := strconv.Atoi(text)
	answer := Ask(t.Context(), login(t), []Host{{Name: "h1", Address: address, HostKey: publicKey(t, 2), Ports: []int{1, taken}}})["h1"]
	if answer.Err != nil {
		t.Fatal(answer.Err)
	}
	f := answer.Facts
	if f.OS == "" || f.Arch == "" || f.CPUs < 1 || f.MemoryMB < 100 || f.FreeDiskMB < 1 || f.MTU < 1000 {
		t.Errorf("facts are %+v", f)
	}
	if _, ok := f.Taken[taken]; !ok || len(f.Taken) != 1 {
		t.Errorf("taken ports are %v, want the server's %d", f.Taken, taken)
	}
	if f.ClockOffset != 0 {
		t.Errorf("this machine's clock is %v off itself", f.ClockOffset)
	}
}

func TestAsk(t *testing.T) {
	address, other := serve(t, 2), serve(t, 3)
	known := Host{Name: "h1", Address: address, HostKey: publicKey(t, 2)}
	withPassword := func(password string) func(*Login) {
		return func(l *Login) { l.SudoPassword = password }
	}
	through := func(address, key string) func(*Login) {
		return func(l *Login) { l.Jump = &Jump{Address: address, User: "ops", HostKey: key} }
	}
	tests := map[string]struct {
		host   Host
		change func(*Login)
		err    string
	}{
		"known":             {known, nil, ""},
		"password":          {known, withPassword(password), ""},
		"wrong password":    {known, withPassword("wrong"), "sudo refuses the login user (sudo: no password was provided)"},
		"in between":        {known, through(other, publicKey(t, 3)), ""},
		"other in between":  {known, through(other, publicKey(t, 4)), "the SSH server in between, " + other + ": does not let ops in: ssh: handshake failed: its host key is"},
		"nobody in between": {known, through(free(t), publicKey(t, 3)), "cannot be reached"},
		"other key":         {Host{Name: "h1", Address: address, HostKey: publicKey(t, 3)}, nil, "its host key is SHA256:"},
		"nobody":            {Host{Name: "h1", Address: free(t), HostKey: publicKey(t, 2)}, nil, "cannot be reached"},
		"foreign key":       {known, func(l *Login) { l.PrivateKey = privateKey(t, 5) }, "is the key of slipway:hosts.privateKey among the authorized keys of that user?"},
		// Who is not known is asked without sudo, so a wrong password is not noticed.
		"unknown": {Host{Name: "h1", Address: address}, withPassword("wrong"), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := login(t)
			if tt.change != nil {
				tt.change(&l)
			}
			answer, ok := Ask(t.Context(), l, []Host{tt.host})["h1"]
			if !ok || (answer.Err == nil) != (tt.err == "") || answer.Err != nil && !strings.Contains(answer.Err.Error(), tt.err) {
				t.Errorf("got %v, want %q", answer.Err, tt.err)
			}
			if unreachable := tt.err == "cannot be reached"; errors.Is(answer.Err, ErrUnreachable) != unreachable {
				t.Errorf("%v: unreachable is %v", answer.Err, !unreachable)
			}
		})
	}
}

// A machine that hangs keeps nobody from the others' answers, nor for long.
func TestAskDoesNotWaitForEver(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
	defer cancel()
	answers := Ask(ctx, login(t), []Host{
		{Name: "h1", Address: silent(t), HostKey: publicKey(t, 2)}, {Name: "h2", Address: serve(t, 2), HostKey: publicKey(t, 2)},
	})
	if !errors.Is(answers["h1"].Err, ErrUnreachable) || answers["h2"].Err != nil {
		t.Errorf("answers are %v and %v", answers["h1"].Err, answers["h2"].Err)
	}
}
