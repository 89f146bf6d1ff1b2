package lab

import (
	"context"
	"errors"

	"slipway/lab/internal/hosts"
)

// existing are the existing hosts. Layers are needed to start them only.
func (l Lab) existing(layers []string) hosts.Hosts {
	return hosts.New(l.Paths.Hosts(), l.Paths.Log(), layers)
}

// HostsUp makes existing hosts and starts those that do not run. Of the rest of
// the lab it brings up the artifact mirror, not the cloud.
func (l Lab) HostsUp(ctx context.Context, count int) error {
	unlock, err := l.lock(ctx, false)
	if err != nil {
		return err
	}
	defer unlock()
	images, err := l.prepare(ctx)
	if err != nil {
		return err
	}
	if err := l.startAgent(ctx); err != nil {
		return err
	}
	if err := lan.Plug(ctx); err != nil {
		return err
	}
	return l.stage("starting the hosts", func() error { return l.existing(images.Node).Up(ctx, count) })
}

// HostsDown deletes the existing hosts with everything on them, and their network.
func (l Lab) HostsDown(ctx context.Context) error {
	unlock, err := l.lock(ctx, true)
	if err != nil {
		return err
	}
	defer unlock()
	return errors.Join(l.existing(nil).RemoveAll(ctx), lan.Unplug(ctx))
}

// Hosts tells what a stack has to know about the existing hosts.
func (l Lab) Hosts() (hosts.Inventory, error) { return l.existing(nil).Inventory() }
