package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"slipway/lab/internal/agent"
	"slipway/lab/internal/cloud"
	"slipway/lab/internal/host"
	"slipway/lab/internal/image"
	"slipway/lab/internal/nspawn"
)

// Down stops everything in order and puts the host back; what the cloud and the
// machines hold stays on disk, unless purge says otherwise. It works on any
// state, also on none.
func (l Lab) Down(ctx context.Context, purge bool) error {
	unlock, err := l.lock(ctx, true)
	if err != nil {
		return err
	}
	defer unlock()
	if err := l.stop(ctx); err != nil {
		return err
	}
	if purge {
		if err := l.removeState(); err != nil {
			return err
		}
		if err := os.RemoveAll(l.Paths.Lab); err != nil {
			return err
		}
	}
	left, err := host.Leftovers(ctx, l.Paths.Lab)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("left behind on this host:\n  %s", strings.Join(left, "\n  "))
	}
	return err
}

// stop stops the whole lab. It goes on after an error, to stop as much as it can.
func (l Lab) stop(ctx context.Context) error {
	errs := []error{stopAgent(ctx)}
	c := cloud.New(l.Paths.Cloud(), nil)
	var machines errgroup.Group // nothing in one waits for the other
	for _, h := range l.kinds() {
		machines.Go(func() error { return h.SuspendAll(ctx, l.Progress) })
	}
	machines.Go(func() error {
		if c.Machine().Running() {
			l.Progress("stopping the cloud")
		}
		return c.Stop(ctx)
	})
	errs = append(errs, machines.Wait())
	for _, group := range nspawn.Groups() {
		if !strings.HasPrefix(group, "build-") {
			errs = append(errs, nspawn.KillGroup(group))
		}
	}
	errs = append(errs, nspawn.UnmountBelow(l.Paths.Lab), cable.Unplug(ctx), lan.Unplug(ctx), os.RemoveAll(agent.StatusFile(l.Paths.Run())))
	for _, netns := range nspawn.Netnses("slipway-") {
		if netns != "slipway-build" {
			errs = append(errs, nspawn.DeleteNetns(ctx, netns))
		}
	}
	errs = append(errs, host.DetachLoops(ctx, l.Paths.Lab), host.RestoreSysctls(l.sysctls()), image.Sweep(l.Paths.Images()))
	return errors.Join(errs...)
}

// removeState deletes what the cloud and the machines hold. The state of Pulumi
// goes with it: it describes what is in the cloud.
func (l Lab) removeState() error {
	// Deleting through a mount would reach what is mounted.
	if err := nspawn.UnmountBelow(l.Paths.Lab); err != nil {
		return err
	}
	for _, dir := range []string{
		l.Paths.Cloud(), l.Paths.Machines(), l.Paths.Hosts(), l.Paths.Volumes(), l.Paths.Run(), l.Paths.Log(),
		l.Paths.CloudsYAML(), l.PulumiState(), l.imagesFile(),
	} {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}
