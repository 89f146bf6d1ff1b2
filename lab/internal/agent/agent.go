// Package agent gives every server of the local cloud its machine: it follows
// Nova, Neutron and Cinder and makes this host match. It only reads from the
// cloud. All it knows of machines is on disk, so it can be killed and started
// again at any time while machines run on.
package agent

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"slipway/lab/internal/machine"
	"slipway/lab/internal/paths"
)

// Options configure the agent.
type Options struct {
	// Paths are the folders of the lab.
	Paths paths.Paths
	// Layers are the read-only folders of the node image, topmost first.
	Layers []string
	// Log receives one line per step.
	Log *log.Logger
}

// cloudNetns is where Neutron's agents run.
const cloudNetns = "slipway-cloud"

// Looking often while something happens and rarely otherwise keeps the idle
// cost of the cloud's APIs low.
const (
	activeInterval = time.Second
	idleInterval   = 3 * time.Second
	activeFor      = 2 * time.Minute
	maxBackoff     = 5 * time.Second
)

// agent is the state of a running agent.
type agent struct {
	host    machine.Host
	paths   paths.Paths
	log     *log.Logger
	boots   chan struct{} // a slot per machine that boots
	wake    chan struct{} // look again now
	started time.Time

	mu       sync.Mutex
	cloud    *cloud             // nil until the cloud has answered
	problem  string             // why the cloud cannot be read, "" when it can
	servers  []Server           // as last seen
	volumes  []Volume           // as last seen
	machines map[string]*member // everything this host has or is about to have
	changed  time.Time          // when the last step ended
}

// NewHost describes this host's machines to package machine.
func NewHost(p paths.Paths, layers []string) machine.Host {
	return machine.Host{Machines: p.Machines(), Volumes: p.Volumes(), Logs: p.Log(), Layers: layers, Netns: cloudNetns}
}

// Run follows the cloud until ctx is done. Machines keep running after that.
func Run(ctx context.Context, o Options) error {
	if err := os.MkdirAll(o.Paths.Run(), 0o755); err != nil {
		return err
	}
	unlock, err := lockOnly(filepath.Join(o.Paths.Run(), "agent.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	a := &agent{
		host: NewHost(o.Paths, o.Layers), paths: o.Paths, log: o.Log, started: time.Now(),
		boots: make(chan struct{}, maxParallelBoots), wake: make(chan struct{}, 1),
		machines: map[string]*member{}, changed: time.Now(),
	}
	var background sync.WaitGroup
	background.Go(func() { a.serveMirror(ctx) })
	a.follow(ctx)
	background.Wait()
	return nil
}

// follow is the agent's loop.
func (a *agent) follow(ctx context.Context) {
	var steps sync.WaitGroup
	defer steps.Wait()
	backoff := activeInterval
	for ctx.Err() == nil {
		err := a.look(ctx)
		if err == nil {
			a.act(ctx, &steps)
			err = a.syncFiles(ctx)
		}
		a.report(ctx, err)
		wait := a.interval()
		if err != nil {
			backoff = min(2*backoff, maxBackoff)
			wait = backoff
		} else {
			backoff = activeInterval
		}
		select {
		case <-ctx.Done():
		case <-a.wake:
		case <-time.After(wait):
		}
	}
}

// look reads the cloud and this host.
func (a *agent) look(ctx context.Context) error {
	if err := a.adopt(ctx); err != nil {
		return err
	}
	c := a.client()
	if c == nil {
		var err error
		if c, err = connect(ctx, a.paths.CloudsYAML()); err != nil {
			return err
		}
		a.log.Printf("connected to the cloud")
	}
	servers, err := c.Servers(ctx)
	var volumes []Volume
	if err == nil {
		volumes, err = c.Volumes(ctx)
	}
	if err != nil {
		c = nil // the credentials may have changed with the cloud
	}
	a.mu.Lock()
	a.cloud = c
	if err == nil {
		a.servers, a.volumes = servers, volumes
	}
	a.mu.Unlock()
	return err
}

// client is the connection to the cloud, nil before the first answer.
func (a *agent) client() *cloud {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cloud
}

// report keeps the status file current and logs a problem once.
func (a *agent) report(ctx context.Context, err error) {
	problem := ""
	if err != nil && ctx.Err() == nil {
		problem = err.Error()
	}
	a.mu.Lock()
	news := problem != a.problem
	a.problem = problem
	a.mu.Unlock()
	switch {
	case news && problem != "":
		a.log.Printf("cannot follow the cloud, trying again: %s", problem)
	case news:
		a.log.Printf("following the cloud again")
	}
	if err := a.writeStatus(); err != nil {
		a.log.Printf("writing the status: %v", err)
	}
}

func (a *agent) interval() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Since(a.changed) < activeFor {
		return activeInterval
	}
	return idleInterval
}

// lockOnly makes sure that one agent runs per lab.
func lockOnly(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another agent holds %s: %w", path, err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}
