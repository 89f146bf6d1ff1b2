package agent

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"slipway/lab/internal/machine"
)

// act starts the steps that are due, one per machine, side by side.
func (a *agent) act(ctx context.Context, steps *sync.WaitGroup) {
	c := a.client()
	servers, machines := a.snapshot()
	for _, action := range Plan(servers, machines) {
		server := Server{ID: action.ID}
		if i := slices.IndexFunc(servers, func(s Server) bool { return s.ID == action.ID }); i >= 0 {
			server = servers[i]
		}
		m := a.begin(action, server)
		steps.Go(func() {
			begin := time.Now()
			err := a.step(ctx, c, action, server)
			a.finish(ctx, m, action, server, err, time.Since(begin))
		})
	}
}

// begin reserves the machine for a step.
func (a *agent) begin(action Action, server Server) *member {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.machines[action.ID]
	if m == nil {
		m = &member{record: machine.Record{Spec: machine.Spec{ID: server.ID, Name: server.Name}}}
		a.machines[action.ID] = m
	}
	m.busy, m.note = action.Step, ""
	a.log.Printf("%s: %s: %s", label(m.record.Spec), action.Step, action.Reason)
	return m
}

// finish takes over the result of a step.
func (a *agent) finish(ctx context.Context, m *member, action Action, server Server, err error, took time.Duration) {
	record, loadErr := a.host.Load(action.ID)
	leader := 0
	if loadErr == nil && record.On {
		leader = a.host.Leader(action.ID)
	}
	a.mu.Lock()
	name := label(m.record.Spec)
	if loadErr == nil {
		m.record = record
	}
	m.busy, a.changed = "", time.Now()
	newLeader := leader != m.leader
	m.leader = leader
	switch {
	case err != nil && ctx.Err() != nil:
		m.note = "interrupted"
	case err != nil:
		m.failures++
		wait := min(time.Second<<m.failures, maxBackoff)
		m.retryAt = time.Now().Add(wait)
		m.note = fmt.Sprintf("%s failed: %v", action.Step, err)
		a.log.Printf("%s: %s failed after %.1f s, next try in %s: %v", name, action.Step, took.Seconds(), wait, err)
	default:
		m.failures, m.retryAt = 0, time.Time{}
		m.note = outcome(action.Step)
		if action.Step == Remove {
			delete(a.machines, action.ID)
		} else if action.Step != Settle && action.Step != PlugDisks {
			m.macs = server.MACs
		}
		a.log.Printf("%s: %s: done in %.1f s", name, action.Step, took.Seconds())
	}
	a.mu.Unlock()
	if newLeader {
		a.watch(ctx, action.ID, leader)
	}
	a.lookNow()
}

// outcome is the note for a state that surprises people otherwise.
func outcome(step Step) string {
	if step == Settle {
		return "powered off from inside; start it with `openstack server reboot --hard`"
	}
	return ""
}

// step carries out one action. When the agent is told to end, a step that has
// begun is finished: a machine half-way through its first boot is worth little.
func (a *agent) step(ctx context.Context, c *cloud, action Action, server Server) error {
	whole := context.WithoutCancel(ctx)
	switch action.Step {
	case Boot:
		return a.boot(ctx, c, server)
	case Restart:
		if err := a.host.Stop(whole, action.ID); err != nil {
			return err
		}
		return a.boot(ctx, c, server)
	case Stop:
		return a.host.Stop(whole, action.ID)
	case Settle:
		return a.host.Settle(whole, action.ID)
	case Remove:
		return a.host.Remove(whole, action.ID)
	case PlugPorts:
		nics, err := c.NICs(ctx, action.ID)
		if err != nil {
			return err
		}
		return a.host.SetNICs(whole, action.ID, nics)
	case PlugDisks:
		disks, err := c.Disks(ctx, server.Volumes)
		if err != nil {
			return err
		}
		return a.host.SetDisks(whole, action.ID, disks)
	}
	return fmt.Errorf("unknown step %q", action.Step)
}

// label names a machine in log lines.
func label(spec machine.Spec) string {
	return fmt.Sprintf("%s (%s)", spec.Name, spec.ID[:min(8, len(spec.ID))])
}
