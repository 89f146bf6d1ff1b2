package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// nodeLoss: any one control plane may go for good.
func nodeLoss() scenario {
	l := &losses{}
	return scenario{
		name: "node-loss", story: "any one of three control planes loses its power for good: the API stays writable",
		stack: haStack, needs: cluster, leaves: cluster,
		steps: []step{
			{"the cluster is healthy", allHealthy},
			{"the holder of the VIP is lost", l.lose},
			{"another one is lost, if possible the leader of etcd", l.lose},
			{"the third one is lost", l.lose},
		},
	}
}

const (
	writePace    = 500 * time.Millisecond
	writeTimeout = 5 * time.Second
	// writeGap leaves etcd time to elect a leader after the VIP has moved.
	writeGap = 10 * time.Second
)

// losses remembers which control planes have had their turn.
type losses struct{ had []string }

// next picks the victim: first the holder of the VIP, then the leader of etcd,
// and each only once.
func (l *losses) next(ctx context.Context, st *stage) (string, error) {
	all, err := st.hosts()
	if err != nil {
		return "", err
	}
	holder, err := st.holder(ctx)
	if err != nil {
		return "", err
	}
	leader, err := st.etcdLeader(ctx)
	if err != nil {
		return "", err
	}
	order := append([]string{leader}, all.controlPlanes...)
	if len(l.had) == 0 {
		order = []string{holder}
	}
	for _, name := range order {
		if !slices.Contains(l.had, name) {
			st.say("%s (%s holds the VIP, %s leads etcd)", name, holder, leader)
			l.had = append(l.had, name)
			return name, nil
		}
	}
	return "", fmt.Errorf("each of %v was lost once", l.had)
}

func (l *losses) lose(ctx context.Context, st *stage) error {
	client, err := st.api()
	if err != nil {
		return err
	}
	victim, err := l.next(ctx, st)
	if err != nil {
		return err
	}
	writes := startProbe(ctx, writePace, writeTimeout, client.write)
	defer writes.stop()
	const some = 10
	if err := writes.answered(ctx, some); err != nil {
		return err
	}
	err = powerLoss.during(ctx, st, victim, func() error {
		// Until the cluster has found out by itself, and is done with it.
		if err := st.notReady(ctx, victim); err != nil {
			return err
		}
		if err := writes.answered(ctx, some); err != nil {
			return err
		}
		return st.verdict(writes, victim+" is lost", writeGap)
	})
	if err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "delete", "configmaps", "--selector="+writtenLabel); err != nil {
		return err
	}
	return allHealthy(ctx, st)
}

func (st *stage) notReady(ctx context.Context, node string) error {
	return poll(ctx, returnTime, func() error {
		ready, err := st.readyNodes(ctx)
		if err == nil && slices.Contains(ready, node) {
			err = fmt.Errorf("node %s still counts as Ready", node)
		}
		return err
	})
}
