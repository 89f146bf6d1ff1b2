package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// vipFailover: whatever happens to the machine that holds the VIP, clients
// hardly notice.
func vipFailover() scenario {
	steps := []step{{"the cluster is healthy", allHealthy}, {"one control plane holds the VIP, with port security on", vipIsHeld}}
	for _, o := range outages() {
		steps = append(steps, step{"the holder of the VIP " + o.title + ", and returns", o.failover})
	}
	return scenario{
		name: "vip-failover", story: "the holder of the VIP stops, loses power, freezes, loses its network: the API answers again within 5 s",
		stack: haStack, needs: cluster, leaves: cluster,
		steps: append(steps, step{"port security is still on", portsAreSecure}),
	}
}

// The client of the API: robust ones do not wait longer for a read.
const (
	readPace    = 100 * time.Millisecond
	readTimeout = time.Second
	// readGap is the promise.
	readGap = 5 * time.Second
	// steadily is how many answers show that things have settled: ten seconds' worth.
	steadily = 100
)

// outage is something that a machine comes back from.
type outage struct {
	title        string
	strike, undo func(context.Context, *stage, string) error
}

// powerLoss is one that nothing and nobody on the machine hears of before.
var powerLoss = outage{"loses its power", struck("kill"), hardReboot}

func outages() []outage {
	return []outage{
		{"is shut down", shutDown, start},
		powerLoss,
		{"freezes", struck("freeze"), struck("thaw")},
		{"loses its network", struck("cut"), struck("mend")},
	}
}

// struck is a fault of the local cloud, as something that happens to a machine.
func struck(what string) func(context.Context, *stage, string) error {
	return func(ctx context.Context, st *stage, name string) error { return st.fault(ctx, what, name) }
}

// failover strikes the holder of the VIP while a client reads, from before the
// outage until after the return.
func (o outage) failover(ctx context.Context, st *stage) (err error) {
	start := time.Now()
	defer func() {
		if err != nil {
			st.logElections(context.WithoutCancel(ctx), start)
		}
	}()
	client, err := st.api()
	if err != nil {
		return err
	}
	victim, err := st.holder(ctx)
	if err != nil {
		return err
	}
	reads := startProbe(ctx, readPace, readTimeout, client.read)
	defer reads.stop()
	if err := reads.answered(ctx, steadily); err != nil {
		return err
	}
	var successor string
	err = o.during(ctx, st, victim, func() error {
		if successor, err = st.holder(ctx, victim); err != nil {
			return err
		}
		return reads.answered(ctx, steadily)
	})
	if err != nil {
		return err
	}
	if err := allHealthy(ctx, st); err != nil {
		return err
	}
	if err := reads.answered(ctx, steadily); err != nil {
		return err
	}
	if err := st.verdict(reads, fmt.Sprintf("%s %s, %s takes over", victim, o.title, successor), readGap); err != nil {
		return err
	}
	holder, err := st.holder(ctx)
	if err == nil && holder != successor {
		err = fmt.Errorf("the VIP moved from %s to %s when %s returned", successor, holder, victim)
	}
	return err
}

// logElections notes what Keepalived decided on each control plane, and why: when
// the VIP was not where it should be, nothing else tells.
func (st *stage) logElections(ctx context.Context, since time.Time) {
	all, err := st.hosts()
	if err != nil {
		st.log.line(err.Error())
		return
	}
	for _, name := range all.controlPlanes {
		out, err := st.inside(ctx, name, "journalctl", "--unit=keepalived", "--no-pager", "--output=short-precise",
			fmt.Sprintf("--since=@%d", since.Unix()), "--grep=STATE|VRRP_Script|effective priority|timer expired")
		if err != nil {
			out = err.Error()
		}
		for line := range strings.Lines(out) {
			st.log.line(strings.TrimSpace(line))
		}
	}
}

// during does something while a machine is out of order. The machine comes back
// in any case: what comes next needs it.
func (o outage) during(ctx context.Context, st *stage, victim string, do func() error) error {
	err := o.strike(ctx, st, victim)
	if err == nil {
		err = do()
	}
	return errors.Join(err, o.undo(context.WithoutCancel(ctx), st, victim))
}

// allHealthy wants the cluster to survive the loss of any one machine.
func allHealthy(ctx context.Context, st *stage) error {
	if err := nodesReady(ctx, st); err != nil {
		return err
	}
	if err := systemPodsRun(ctx, st); err != nil {
		return err
	}
	return poll(ctx, returnTime, func() error { return etcdIsWhole(ctx, st) })
}
