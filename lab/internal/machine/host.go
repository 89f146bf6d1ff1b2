package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

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
	// CloudNetns is the network namespace in which Neutron's agents run.
	CloudNetns string
}

// Boot starts the machine as spec says. On its first boot it gets a fresh disk.
func (h Host) Boot(ctx context.Context, spec Spec, request string) error {
	r, err := h.Load(spec.ID)
	if err != nil { // the first boot, or what is left of an interrupted one
		if err := h.Remove(ctx, spec.ID); err != nil {
			return err
		}
		r = Record{}
	}
	nameInterfaces(spec.NICs)
	nameDisks(spec.Disks)
	for i := range spec.Disks {
		if err := h.connect(ctx, &spec.Disks[i]); err != nil {
			return err
		}
	}
	r.Spec, r.Request, r.Resume = spec, "", false
	r.On, r.BootID, r.Started, r.Boots = true, BootID(), time.Now(), r.Boots+1
	// Saved before anything is done, so that after a crash it can be undone; the
	// request only at the end, so that an interrupted boot is done again.
	if err := h.save(r); err != nil {
		return err
	}
	if err := h.wire(ctx, spec); err != nil {
		return err
	}
	if err := h.start(ctx, spec); err != nil {
		return err
	}
	r.Request = request
	return h.save(r)
}

func (h Host) wire(ctx context.Context, spec Spec) error {
	if err := h.resetNetwork(ctx, spec.ID, spec.NICs); err != nil {
		return err
	}
	for _, nic := range spec.NICs {
		if err := h.plug(ctx, spec.ID, nic); err != nil {
			return err
		}
	}
	return nil
}

func (h Host) start(ctx context.Context, spec Spec) error {
	if err := h.linkDisks(spec.ID, spec.Disks); err != nil {
		return err
	}
	if err := h.seedVar(ctx, spec.ID); err != nil {
		return err
	}
	if err := h.linkConsole(spec); err != nil {
		return err
	}
	m := h.container(spec)
	if err := m.Mount(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(m.Root(), "etc/resolv.conf"), []byte(resolvConf(spec.NICs)), 0o644); err != nil {
		return err
	}
	return m.Start(ctx)
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
		m.Binds = append(m.Binds, disk.Loop+":/dev/"+disk.Device)
	}
	return m
}

// varDir is the machine's /var. It is a plain folder of the host's file
// system: an overlay, as the rest of the root is, cannot carry containerd's
// own overlays, and makes etcd's fsync slow.
func (h Host) varDir(id string) string { return filepath.Join(h.dir(id), "var") }

func (h Host) seedVar(ctx context.Context, id string) error {
	if _, err := os.Stat(h.varDir(id)); err == nil {
		return nil
	}
	partial := h.varDir(id) + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "cp", "--archive", "--reflink=auto", filepath.Join(h.Layers[0], "var"), partial).CombinedOutput()
	if err != nil {
		return fmt.Errorf("copying /var of the node image: %w: %s", err, out)
	}
	return os.Rename(partial, h.varDir(id))
}

// linkConsole lets the console log outlive the machine: it explains a server
// that was deleted because it did not come up.
func (h Host) linkConsole(spec Spec) error {
	if err := os.MkdirAll(h.Logs, 0o755); err != nil {
		return err
	}
	console := h.container(spec).Console()
	if err := removeIfPresent(console); err != nil {
		return err
	}
	return os.Symlink(filepath.Join(h.Logs, spec.LogName()), console)
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

// Cut is a power cut: the machine is off its networks and gone at once. Its
// server stays ACTIVE, as in a cloud whose hypervisor lost a guest.
func (h Host) Cut(ctx context.Context, id string) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	if err := h.removeNetwork(ctx, id, r.Spec.NICs); err != nil {
		return err
	}
	return h.container(r.Spec).Kill()
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
