package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/lab/internal/nspawn"
)

// grace is how long a machine may take to shut down. Nova gives a guest 60 s;
// less is enough here, and keeps `lab down` and reboots short.
const grace = 30 * time.Second

// Host runs machines. Calls for one machine must not overlap; calls for
// different machines may.
type Host struct {
	// Machines, Volumes and Logs are the lab's folders of these names.
	Machines, Volumes, Logs string
	// Layers are the read-only folders of the node image, topmost first.
	Layers []string
	// Netns is the network namespace that holds the bridges of the networks: for
	// servers the one in which Neutron's agents run.
	Netns string
	// Furnish puts files into the root of a machine before it starts. Optional.
	Furnish func(ctx context.Context, root string, spec Spec) error
}

// container describes the machine to package nspawn.
func (h Host) container(spec Spec) nspawn.Machine {
	m := nspawn.Machine{
		Name: hostName(spec.ID), Dir: h.dir(spec.ID), Layers: h.Layers, Netns: hostName(spec.ID),
		// cloud-init takes this for the DMI product name of a Nova server.
		Env: []string{"product_name=OpenStack Nova", "SYSTEMD_COLORS=0"},
		Binds: []string{
			h.varDir(spec.ID) + ":/var",
			h.byID(spec.ID) + ":/dev/disk/by-id",
			h.udevData(spec.ID) + ":/run/udev/data",
		},
	}
	// The kubelet reads the kernel's log for out-of-memory kills; the others
	// serve overlays and rootless tools.
	for _, device := range []string{"/dev/kmsg", "/dev/net/tun", "/dev/fuse", "/lib/modules"} {
		if _, err := os.Stat(device); err == nil {
			m.Binds = append(m.Binds, device)
		}
	}
	for _, disk := range spec.Disks {
		for _, path := range disk.nodes() {
			m.Binds = append(m.Binds, disk.Loop+":"+path)
		}
	}
	return m
}

// Stop shuts the machine down and keeps its disk.
func (h Host) Stop(ctx context.Context, id string) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	if err := h.container(r.Spec).Stop(ctx, grace); err != nil {
		return err
	}
	return h.settle(ctx, r)
}

// Settle gives back what a machine held that has ended by itself.
func (h Host) Settle(ctx context.Context, id string) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	if err := h.container(r.Spec).Kill(); err != nil {
		return err
	}
	return h.settle(ctx, r)
}

func (h Host) settle(ctx context.Context, r Record) error {
	err := errors.Join(
		h.removeNetwork(ctx, r.Spec.ID, r.Spec.NICs),
		h.container(r.Spec).Unmount(),
		h.disconnectAll(ctx, r.Spec.Disks),
	)
	if err != nil {
		return err
	}
	r.On = false
	return h.save(r)
}

func (h Host) disconnectAll(ctx context.Context, disks []Disk) error {
	var errs []error
	for _, disk := range disks {
		errs = append(errs, h.Disconnect(ctx, disk.Volume))
	}
	return errors.Join(errs...)
}

// Remove deletes everything the machine has on this host. It works on what an
// interrupted Boot or Remove left as well.
func (h Host) Remove(ctx context.Context, id string) error {
	r, err := h.Load(id)
	if err != nil {
		r.Spec.ID = id
	}
	m := h.container(r.Spec)
	err = errors.Join(
		h.removeNetwork(ctx, id, r.Spec.NICs),
		m.Kill(),
		m.Unmount(),
		h.disconnectAll(ctx, r.Spec.Disks),
	)
	if err != nil {
		return err // deleting through a live mount would delete the wrong files
	}
	return os.RemoveAll(h.dir(id))
}

// SuspendAll suspends every machine that is on, all at a time, for `lab down`. No agent
// may run.
func (h Host) SuspendAll(ctx context.Context, progress func(string)) error {
	records, err := h.List()
	if err != nil {
		return err
	}
	var stops errgroup.Group // nothing in one waits for the other
	for _, r := range records {
		if !r.On {
			continue
		}
		progress("stopping machine " + r.Spec.Label())
		stops.Go(func() error {
			if err := h.Suspend(ctx, r.Spec.ID); err != nil {
				return fmt.Errorf("stopping machine %s: %w", r.Spec.Label(), err)
			}
			return nil
		})
	}
	return stops.Wait()
}

// Suspend stops the machine for a time in which the lab is down: it boots
// again by itself when the lab is back.
func (h Host) Suspend(ctx context.Context, id string) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	// One that has powered itself off stays off.
	r.Resume = h.Leader(id) != 0
	if err := h.save(r); err != nil {
		return err
	}
	return h.Stop(ctx, id)
}
