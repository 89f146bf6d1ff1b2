package machine

import (
	"context"

	"slipway/lab/internal/nspawn"
)

// Kill is a power cut: the machine is off its networks and gone at once. Its
// server stays ACTIVE, as in a cloud whose hypervisor lost a guest.
func (h Host) Kill(ctx context.Context, id string) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	if err := h.removeNetwork(ctx, id, r.Spec.NICs); err != nil {
		return err
	}
	return h.container(r.Spec).Kill()
}

// Freeze halts the machine where it is, as a hypervisor pauses a guest. The
// kernel of a paused guest stands still too, so nothing answers for it.
func (h Host) Freeze(ctx context.Context, id string) error {
	if err := h.Cut(ctx, id); err != nil {
		return err
	}
	return nspawn.Machine{Name: hostName(id)}.Freeze()
}

// Thaw undoes Freeze; a machine that is not frozen stays as it is.
func (h Host) Thaw(ctx context.Context, id string) error {
	if err := (nspawn.Machine{Name: hostName(id)}).Thaw(); err != nil {
		return err
	}
	return h.Mend(ctx, id)
}

// Cut takes the machine off its networks somewhere behind its own cable: inside,
// the carrier is there, only no packet comes or goes any more.
func (h Host) Cut(ctx context.Context, id string) error {
	return h.eachPort(ctx, id, func(nic NIC) error {
		return nspawn.IP(ctx, "-n", h.Netns, "link", "set", nic.tap(), "nomaster")
	})
}

// Mend undoes Cut; a machine whose networks are whole, or that is off, stays as it is.
func (h Host) Mend(ctx context.Context, id string) error {
	return h.eachPort(ctx, id, func(nic NIC) error {
		if !h.hasLink(ctx, nic.tap()) {
			return nil
		}
		return nspawn.IP(ctx, "-n", h.Netns, "link", "set", nic.tap(), "master", nic.Bridge())
	})
}

func (h Host) eachPort(ctx context.Context, id string, do func(NIC) error) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	for _, nic := range r.Spec.NICs {
		if err := do(nic); err != nil {
			return err
		}
	}
	return nil
}
