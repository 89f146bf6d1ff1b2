// Package lab brings the local cloud up and down as a whole: the cloud's
// machine, the agent with the servers' machines, and what they need of the host.
package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"slipway/lab/internal/cloud"
	"slipway/lab/internal/host"
	"slipway/lab/internal/hosts"
	"slipway/lab/internal/paths"
)

// Lab is the local cloud of this host.
type Lab struct {
	// Paths are its folders.
	Paths paths.Paths
	// Progress shows the user what is going on.
	Progress func(string)
}

// cable is how the host reaches the cloud.
var cable = host.Cable{
	Link: host.LinkPrefix + "0", Netns: cloud.Netns, HostAddress: cloud.HostAddress, PeerAddress: cloud.Address, Routed: cloud.ExternalCIDR,
}

// lan is how the host and the existing hosts reach each other.
var lan = host.Cable{Link: host.LinkPrefix + "1", Netns: hosts.Netns, HostAddress: hosts.Gateway, Bridge: hosts.Bridge}

func (l Lab) sysctls() string { return filepath.Join(l.Paths.Lab, "sysctls.json") }

// lock makes up and down exclude each other. With interrupt, a command under
// way is asked to end instead of being waited for.
func (l Lab) lock(ctx context.Context, interrupt bool) (unlock func(), err error) {
	if err := os.MkdirAll(l.Paths.Lab, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(l.Paths.Lab, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for told := false; ; {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errors.Join(err, f.Close())
		}
		if !told {
			l.Progress("waiting for another command that changes the lab")
			told = true
			if interrupt {
				interruptHolder(f.Name())
			}
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(200 * time.Millisecond):
		}
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	return func() { _ = f.Close() }, err
}

// interruptHolder asks the command that holds the lock to end. That it does
// hold it makes sure that the process id is not somebody else's.
func interruptHolder(file string) {
	text, _ := os.ReadFile(file)
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && pid > 1 {
		_ = unix.Kill(pid, unix.SIGTERM)
	}
}

// stage runs one step and tells how long it took.
func (l Lab) stage(name string, step func() error) error {
	start := time.Now()
	l.Progress(name)
	if err := step(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if took := time.Since(start); took > time.Second {
		l.Progress(fmt.Sprintf("%s: done in %.0f s", name, took.Seconds()))
	}
	return nil
}
