// Package survey asks machines that exist about themselves, over SSH. It changes
// nothing on them.
package survey

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// script prints one key=value a line.
//
//go:embed survey.sh
var script string

const (
	// parallel is how many machines are asked at the same time: below what an SSH
	// server in between admits by default (MaxStartups, MaxSessions).
	parallel = 8
	// patience is how long a machine may take with all of its answer.
	patience = time.Minute
)

// ErrUnreachable says that a machine did not answer, which may be the network's
// fault between here and there.
var ErrUnreachable = errors.New("cannot be reached")

// Login is how one logs in to all machines.
type Login struct {
	// User may use sudo. Required.
	User string
	// PrivateKey in OpenSSH or PEM form, without a passphrase. Required.
	PrivateKey string
	// SudoPassword is what sudo asks for. Optional: it asks for nothing.
	SudoPassword string
	// Jump is the SSH server in between. Optional.
	Jump *Jump
}

// Jump is an SSH server through which machines are reached.
type Jump struct {
	// Address is its host name or address. Required.
	Address string
	// User to log in as, with the same key. Required.
	User string
	// HostKey is its public host key in authorized_keys form. Required.
	HostKey string
}

// Host is one machine to ask.
type Host struct {
	// Name is its key in the answers. Required.
	Name string
	// Address is its host name or address. Required.
	Address string
	// HostKey is its public host key in authorized_keys form. Optional: any is
	// accepted, and the machine is not told the password of sudo.
	HostKey string
	// Ports are the TCP ports of interest. Optional.
	Ports []int
}

// Answer is what one machine said, or why it did not.
type Answer struct {
	Facts Facts
	// Err is ErrUnreachable among others.
	Err error
}

// Ask asks all machines side by side. The answers have an entry for each.
func Ask(ctx context.Context, login Login, hosts []Host) map[string]Answer {
	answers := map[string]Answer{}
	way, err := login.way(ctx)
	defer way.close()
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		slots = make(chan struct{}, parallel)
	)
	for _, h := range hosts {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			answer := Answer{Err: err}
			if err == nil {
				answer = way.ask(ctx, h)
			}
			mu.Lock()
			defer mu.Unlock()
			answers[h.Name] = answer
		})
	}
	wg.Wait()
	return answers
}

func (w *way) ask(ctx context.Context, h Host) Answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client, err := w.dial(ctx, h)
	if err != nil {
		return Answer{Err: err}
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { _ = client.Close() })()
	command, input := w.sudo(h)
	before := time.Now()
	text, err := run(client, command+quote(script)+" survey"+ports(h), input)
	if err != nil {
		return Answer{Err: explain(ctx, err, h)}
	}
	facts, err := parse(text, before, time.Now())
	if err != nil {
		err = fmt.Errorf("does not make sense: %w", err)
	}
	return Answer{Facts: facts, Err: err}
}

// sudo returns how the script is to be run, and what it reads first. A machine
// that nobody recognises is asked what everybody may know.
func (w *way) sudo(h Host) (command, input string) {
	switch {
	case w.login.SudoPassword == "":
		return "sudo -n bash -c ", ""
	case h.HostKey == "":
		return "bash -c ", ""
	default:
		return "sudo -k -S -p '' bash -c ", w.login.SudoPassword + "\n"
	}
}

func ports(h Host) string {
	var list strings.Builder
	for _, p := range h.Ports {
		list.WriteString(" " + strconv.Itoa(p))
	}
	return " " + h.Address + list.String()
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func run(client *ssh.Client, command, input string) (string, error) {
	session, err := client.NewSession()
	if err != nil {
		return "", err
	}
	defer session.Close()
	var stderr strings.Builder
	session.Stdin, session.Stderr = strings.NewReader(input), &stderr
	out, err := session.Output(command)
	if err != nil {
		return "", errors.New(strings.TrimSpace(err.Error() + "\n" + stderr.String()))
	}
	return string(out), nil
}

func explain(ctx context.Context, err error, h Host) error {
	switch text := err.Error(); {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: it did not say all in %s", ErrUnreachable, patience)
	case strings.Contains(text, "sudo:"):
		return fmt.Errorf("sudo refuses the login user (%s); give it the right to everything, and its password in slipway:hosts.sudoPassword if it needs one", lastLine(text))
	default:
		return fmt.Errorf("could not be looked at: %s; log in to %s and see", lastLine(text), h.Address)
	}
}

func lastLine(text string) string { return text[strings.LastIndex(text, "\n")+1:] }
