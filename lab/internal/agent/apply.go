package agent

import (
	"cmp"
	"context"
	"errors"
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
	a.log.Printf("%s: %s: %s", m.record.Spec.Label(), action.Step, action.Reason)
	return m
}

// finish takes over the result of a step.
func (a *agent) finish(ctx context.Context, m *member, action Action, server Server, err error, took time.Duration) {
	record, loadErr := a.host.Load(action.ID)
	leader := m.leader
	if action.Step != PlugPorts && action.Step != PlugDisks {
		leader = 0
		if loadErr == nil && record.On {
			leader = a.host.Leader(action.ID)
		}
	}
	a.mu.Lock()
	newLeader := leader != m.leader
	m.busy, m.leader, a.changed = "", leader, time.Now()
	if loadErr == nil {
		m.record = record
	}
	switch {
	case err == nil:
		m.succeed(action.Step, server)
		a.log.Printf("%s: %s: done in %.1f s", m.record.Spec.Label(), action.Step, took.Seconds())
		if action.Step == Remove {
			delete(a.machines, action.ID)
		}
	case ctx.Err() == nil:
		wait := m.fail(action.Step, err)
		a.log.Printf("%s: %s failed after %.1f s, next try in %s: %v", m.record.Spec.Label(), action.Step, took.Seconds(), wait, err)
	}
	a.mu.Unlock()
	if newLeader {
		a.watch(ctx, action.ID, leader)
	}
	a.lookNow()
}

// succeed forgets earlier failures and notes which ports were looked up.
func (m *member) succeed(step Step, server Server) {
	m.failures, m.retryAt, m.note = 0, time.Time{}, ""
	if step == Boot || step == Restart || step == PlugPorts {
		m.macs = server.MACs
	}
}

// fail says how long to wait before the next try.
func (m *member) fail(step Step, err error) time.Duration {
	m.failures++
	wait := min(time.Second<<min(m.failures, 10), maxBackoff)
	m.retryAt = time.Now().Add(wait)
	m.note = fmt.Sprintf("%s failed: %v", step, err)
	return wait
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
		if gone, err := c.Gone(ctx, action.ID); err != nil || !gone {
			return cmp.Or(err, errors.New("the server was missing in a list, but exists"))
		}
		return a.host.Remove(whole, action.ID)
	case PlugPorts:
		nics, err := c.NICs(ctx, action.ID)
		if err != nil {
			return err
		}
		return a.host.SetNICs(whole, action.ID, nics)
	case PlugDisks:
		return a.host.SetDisks(whole, action.ID, a.disks(action.ID))
	}
	return fmt.Errorf("unknown step %q", action.Step)
}
