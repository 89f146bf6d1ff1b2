package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"slipway/lab/internal/machine"
	"slipway/lab/internal/nspawn"
	"slipway/lab/internal/paths"
)

// StopAll stops every machine in order, for `lab down`; they boot again with
// the next `lab up`. No agent may run. It also clears away what machines
// without a record hold, so it works after a crash at any point.
func StopAll(ctx context.Context, p paths.Paths, progress func(string)) error {
	host := NewHost(p, nil)
	records, err := host.List()
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var errs []error
	var stops sync.WaitGroup
	for _, r := range records {
		if !r.On {
			continue
		}
		stops.Go(func() {
			mu.Lock()
			progress("stopping machine " + label(r.Spec))
			mu.Unlock()
			if err := host.Suspend(ctx, r.Spec.ID); err != nil {
				mu.Lock()
				errs = append(errs, fmt.Errorf("stopping machine %s: %w", label(r.Spec), err))
				mu.Unlock()
			}
		})
	}
	stops.Wait()
	errs = append(errs, sweep(ctx, p))
	return errors.Join(errs...)
}

// sweep ends what no record accounts for.
func sweep(ctx context.Context, p paths.Paths) error {
	var errs []error
	for _, group := range nspawn.Groups() {
		if machine.IsHostName(group) {
			errs = append(errs, nspawn.KillGroup(group))
		}
	}
	for _, netns := range nspawn.Netnses(machine.NamePrefix) {
		if machine.IsHostName(netns) {
			errs = append(errs, nspawn.DeleteNetns(ctx, netns))
		}
	}
	errs = append(errs, nspawn.UnmountBelow(p.Machines()))
	host := NewHost(p, nil)
	volumes, err := host.ListVolumes()
	errs = append(errs, err)
	for _, volume := range volumes {
		errs = append(errs, host.Disconnect(ctx, volume))
	}
	if err := os.Remove(StatusFile(p.Run())); err != nil && !os.IsNotExist(err) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Kill cuts the power of the machine with this server name or id.
func Kill(ctx context.Context, p paths.Paths, server string) error {
	host := NewHost(p, nil)
	records, err := host.List()
	if err != nil {
		return err
	}
	var names []string
	for _, r := range records {
		if r.Spec.ID == server || (r.Spec.Name == server && r.On) {
			return host.Cut(ctx, r.Spec.ID)
		}
		names = append(names, r.Spec.Name)
	}
	slices.Sort(names)
	return fmt.Errorf("no running machine %q; there are: %s", server, strings.Join(names, ", "))
}
