package agent

import (
	"context"
	"time"

	"slipway/lab/internal/machine"
)

// maxParallelBoots keeps a small host responsive: more machines at once do not
// finish earlier.
const maxParallelBoots = 4

// sshDeadline is when a boot counts as done even though nothing answers on the
// SSH port: the guest's own business then, as in any cloud.
const sshDeadline = 90 * time.Second

// boot starts the machine with what its server has now, when one of the boot
// slots is free.
func (a *agent) boot(ctx context.Context, c *cloud, server Server) error {
	select {
	case a.boots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	begin := time.Now()
	spec, err := a.start(context.WithoutCancel(ctx), c, server)
	if err != nil {
		<-a.boots
		return err
	}
	// The slot stays taken while the guest is busy booting, but the machine is
	// free: its server may be deleted or rebooted meanwhile.
	go func() {
		defer func() { <-a.boots }()
		a.awaitSSH(ctx, spec, begin)
	}()
	return nil
}

func (a *agent) start(ctx context.Context, c *cloud, server Server) (machine.Spec, error) {
	spec := machine.Spec{ID: server.ID, Name: server.Name, Disks: a.disks(server.ID)}
	if server.Rebuild {
		if err := a.host.Remove(ctx, server.ID); err != nil {
			return spec, err
		}
	}
	var err error
	if spec.NICs, err = c.NICs(ctx, server.ID); err != nil {
		return spec, err
	}
	return spec, a.host.Boot(ctx, spec, server.Request)
}

// awaitSSH notes how long the guest took to boot.
func (a *agent) awaitSSH(ctx context.Context, spec machine.Spec, begin time.Time) {
	if !machine.WaitSSH(ctx, a.host.Leader(spec.ID), sshDeadline) {
		return
	}
	seconds := time.Since(begin).Seconds()
	a.log.Printf("%s: %s answers on its SSH port %.1f s after the start", spec.Label(), spec.Address(), seconds)
	a.mu.Lock()
	defer a.mu.Unlock()
	if m := a.machines[spec.ID]; m != nil {
		m.bootSeconds = seconds
	}
}
