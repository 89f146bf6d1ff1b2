package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// apiServerDown: HAProxy goes on where the API server beside it does not.
func apiServerDown() scenario {
	return scenario{
		name: "api-server-down", story: "the API server of the VIP's holder dies and stays away: requests are answered, the VIP stays",
		stack: haStack, needs: cluster, leaves: cluster,
		steps: []step{
			{"the cluster is healthy", allHealthy},
			{"the API server dies, stays away, and returns", loseAPIServer},
		},
	}
}

const (
	apiManifest = "/etc/kubernetes/manifests/kube-apiserver.yaml"
	apiAside    = "/etc/kubernetes/kube-apiserver.e2e"
)

func loseAPIServer(ctx context.Context, st *stage) error {
	client, err := st.api()
	if err != nil {
		return err
	}
	holder, err := st.holder(ctx)
	if err != nil {
		return err
	}
	reads := startProbe(ctx, readPace, readTimeout, client.read)
	defer reads.stop()
	if err := reads.answered(ctx, steadily); err != nil {
		return err
	}
	// Without its manifest the kubelet does not start it again.
	gone := outage{"loses its API server", inHolder("mv " + apiManifest + " " + apiAside + " && pkill -KILL -x kube-apiserver"), inHolder("mv " + apiAside + " " + apiManifest)}
	err = gone.during(ctx, st, holder, func() error {
		if err := st.apiServerStaysAway(ctx, holder); err != nil {
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
	if err := st.verdict(reads, "the API server of "+holder+" is away", readGap); err != nil {
		return err
	}
	now, err := st.holder(ctx)
	if err == nil && now != holder {
		err = fmt.Errorf("the VIP moved from %s to %s", holder, now)
	}
	return err
}

func inHolder(script string) func(context.Context, *stage, string) error {
	return func(ctx context.Context, st *stage, name string) error {
		_, err := st.inside(ctx, name, "sh", "-ec", script)
		return err
	}
}

// apiServerStaysAway waits until the process has been gone for longer than the
// kubelet takes to notice the missing manifest: until then it may start it once
// more. The pod's object tells nothing: this kubelet knows no other API server.
func (st *stage) apiServerStaysAway(ctx context.Context, name string) error {
	const fileCheck, margin = 20 * time.Second, 5 * time.Second // the kubelet's fileCheckFrequency, and its work
	gone := time.Now()
	return poll(ctx, 2*time.Minute, func() error {
		if _, err := st.inside(ctx, name, "pgrep", "-x", "kube-apiserver"); err == nil {
			gone = time.Now()
			return errors.New("the process is there")
		}
		if away := time.Since(gone); away < fileCheck+margin {
			return fmt.Errorf("the process is away for %s only", away)
		}
		return nil
	})
}
