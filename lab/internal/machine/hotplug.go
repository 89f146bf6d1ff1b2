package machine

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
)

// SetDisks attaches and detaches volumes of a running machine until it has
// exactly these.
func (h Host) SetDisks(ctx context.Context, id string, disks []Disk) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	root, err := h.runningRoot(r.Spec)
	if err != nil {
		return err
	}
	keep, gone, added := diffDisks(r.Spec.Disks, disks)
	for _, disk := range gone {
		// Pulled out like a real disk: whoever has it open keeps its data until
		// he lets go.
		if err := removeDevice(root, disk); err != nil {
			return err
		}
	}
	all := append(keep, added...)
	nameDisks(all)
	for i := range all[len(keep):] {
		disk := &all[len(keep)+i]
		if err := h.connect(ctx, disk); err != nil {
			return err
		}
		if err := insertDevice(root, *disk); err != nil {
			return err
		}
	}
	r.Spec.Disks = all
	if err := h.save(r); err != nil {
		return err
	}
	// The links come last, and go by what is there: who sees one can use it.
	if err := h.linkDisks(id, all); err != nil {
		return err
	}
	return h.disconnectAll(ctx, gone)
}

// SetNICs plugs and unplugs ports of a running machine until it has exactly
// these.
func (h Host) SetNICs(ctx context.Context, id string, nics []NIC) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	keep, gone, added := diffNICs(r.Spec.NICs, nics)
	for _, nic := range gone {
		if err := h.unplug(ctx, nic); err != nil {
			return err
		}
	}
	all := append(keep, added...)
	nameInterfaces(all)
	r.Spec.NICs = all
	if err := h.save(r); err != nil {
		return err
	}
	for _, nic := range all[len(keep):] {
		if err := h.plug(ctx, id, nic); err != nil {
			return err
		}
	}
	return nil
}

// diffDisks compares by volume; what is kept keeps its device.
func diffDisks(have, want []Disk) (keep, gone, added []Disk) {
	for _, disk := range have {
		if slices.ContainsFunc(want, func(w Disk) bool { return w.Volume == disk.Volume }) {
			keep = append(keep, disk)
		} else {
			gone = append(gone, disk)
		}
	}
	for _, disk := range want {
		if !slices.ContainsFunc(have, func(h Disk) bool { return h.Volume == disk.Volume }) {
			added = append(added, disk)
		}
	}
	return keep, gone, added
}

// diffNICs compares by port; what is kept keeps its interface.
func diffNICs(have, want []NIC) (keep, gone, added []NIC) {
	for _, nic := range have {
		if slices.ContainsFunc(want, func(w NIC) bool { return w.Port == nic.Port }) {
			keep = append(keep, nic)
		} else {
			gone = append(gone, nic)
		}
	}
	for _, nic := range want {
		if !slices.ContainsFunc(have, func(h NIC) bool { return h.Port == nic.Port }) {
			added = append(added, nic)
		}
	}
	return keep, gone, added
}

// runningRoot is the machine's root as its own processes see it.
func (h Host) runningRoot(spec Spec) (string, error) {
	leader, err := h.container(spec).Leader()
	if err != nil {
		return "", fmt.Errorf("changing devices: %w", err)
	}
	return filepath.Join(procDir(leader), "root"), nil
}
