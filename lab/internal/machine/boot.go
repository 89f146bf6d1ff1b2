package machine

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

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
	if h.Furnish != nil {
		if err := h.Furnish(ctx, m.Root(), spec); err != nil {
			return err
		}
	}
	return m.Start(ctx)
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
