package agent

import (
	"context"
	"slices"
	"time"

	"slipway/lab/internal/machine"
)

// member is what the agent keeps in memory about one machine. Everything in it
// can be found again.
type member struct {
	record machine.Record
	leader int  // process id of the machine's PID 1, 0 when it does not run
	busy   Step // the step under way, "" for none
	// macs are what Nova showed when the ports were last looked up. Nova's view
	// may differ from Neutron's for a while, or for good; once is enough.
	macs []string
	// note explains the state to people.
	note string
	// bootSeconds is how long the last boot took until SSH answered.
	bootSeconds float64
	failures    int
	retryAt     time.Time
}

// adopt refreshes the members from what is on disk and what runs.
func (a *agent) adopt(ctx context.Context) error {
	records, err := a.host.List()
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range records {
		m := a.machines[r.Spec.ID]
		if m == nil {
			m = &member{}
			a.machines[r.Spec.ID] = m
		}
		if m.busy != "" {
			continue // the step in progress knows better
		}
		m.record = r
		if m.leader == 0 && r.On {
			m.leader = a.host.Leader(r.Spec.ID)
			a.watch(ctx, r.Spec.ID, m.leader)
		}
	}
	for id, m := range a.machines {
		gone := !slices.ContainsFunc(records, func(r machine.Record) bool { return r.Spec.ID == id })
		if gone && m.busy == "" && m.failures == 0 {
			delete(a.machines, id)
		}
	}
	return nil
}

// watch notices the end of a machine at once: its addresses must not answer
// any longer, so that others can take them over.
func (a *agent) watch(ctx context.Context, id string, leader int) {
	if leader == 0 {
		return
	}
	go func() {
		machine.WaitExit(ctx, leader)
		if !a.reserveEnded(ctx, id, leader) {
			return
		}
		err := a.host.End(ctx, id)
		a.mu.Lock()
		m := a.machines[id]
		m.busy, m.leader = "", 0
		if err != nil {
			a.log.Printf("%s: taking it off its networks: %v", m.record.Spec.Label(), err)
		}
		a.mu.Unlock()
		a.lookNow()
	}()
}

// reserveEnded reserves a machine that has ended, after the step under way; false
// when that step has dealt with the end.
func (a *agent) reserveEnded(ctx context.Context, id string, leader int) bool {
	for ctx.Err() == nil {
		a.mu.Lock()
		m := a.machines[id]
		ours := m != nil && m.leader == leader
		free := ours && m.busy == ""
		if free {
			m.busy = Settle
		}
		a.mu.Unlock()
		if free || !ours {
			return free
		}
		pause(ctx, 50*time.Millisecond)
	}
	return false
}

func (a *agent) lookNow() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// snapshot translates the members for Plan. Busy machines, and those waiting
// for another try, are left out on both sides.
func (a *agent) snapshot() (servers []Server, machines []Machine) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, bootID := time.Now(), machine.BootID()
	waits := func(id string) bool {
		m := a.machines[id]
		return m != nil && (m.busy != "" || now.Before(m.retryAt))
	}
	for _, s := range a.servers {
		if !waits(s.ID) {
			s.Volumes = idsOf(s.ID, a.volumes)
			servers = append(servers, s)
		}
	}
	for id, m := range a.machines {
		if !waits(id) && m.record.Spec.ID != "" {
			machines = append(machines, m.machine(bootID, a.host.WantsReboot(id)))
		}
	}
	return servers, machines
}

// machine is the member as Plan sees it.
func (m *member) machine(bootID string, wantsReboot bool) Machine {
	spec := m.record.Spec
	out := Machine{
		ID: spec.ID, Running: m.leader != 0, Holds: m.record.On, Request: m.record.Request,
		Resume: m.record.Resume || wantsReboot || (m.record.On && m.record.BootID != bootID),
		MACs:   m.macs,
	}
	if out.MACs == nil {
		for _, nic := range spec.NICs {
			out.MACs = append(out.MACs, nic.MAC)
		}
		slices.Sort(out.MACs)
	}
	for _, disk := range spec.Disks {
		out.Volumes = append(out.Volumes, disk.Volume)
	}
	slices.Sort(out.Volumes)
	return out
}
