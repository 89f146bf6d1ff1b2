package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
)

// resume: a make up that dies is finished by the next one.
func resume() scenario {
	return scenario{
		name: "resume", story: "make up killed while servers boot, in kubeadm init, in a join: the next make up completes",
		needs: cloud, leaves: cluster, long: true,
		steps: []step{
			{"make up, killed while servers are created", killUp(`compute[:/].*Instance .*creating`)},
			{"make up again, killed in kubeadm init", killUp(`remote:Command \S+-init creating`)},
			{"make up again, killed in the join of a worker", killUp(`remote:Command \S+-join creating`)},
			{"make up completes", makeUp},
			{"the cluster is healthy", healthy},
			{"nothing was created twice", noOrphans},
			{"preview expects no changes", previewUnchanged},
		},
	}
}

// killUp runs make up until a line of progress matches, then kills everything
// the command had started.
func killUp(moment string) func(context.Context, *stage) error {
	pattern := regexp.MustCompile(moment)
	return func(ctx context.Context, st *stage) error {
		_, err := st.make(ctx, "up", pattern.MatchString)
		switch {
		case errors.Is(err, errKilled):
			return nil
		case err == nil:
			return fmt.Errorf("make up ended before a line matched %s", pattern)
		default:
			return fmt.Errorf("before a line matched %s: %w", pattern, err)
		}
	}
}

// noOrphans compares the servers and volumes of the cloud with the nodes: a
// create that was cut off must not leave a second one behind.
func noOrphans(ctx context.Context, st *stage) error {
	hosts, err := st.hosts()
	if err != nil {
		return err
	}
	servers, err := st.servers(ctx)
	if err != nil {
		return err
	}
	const bastions = 1
	if want := len(hosts.all()) + bastions; len(servers) != want {
		return fmt.Errorf("the cloud has %d servers, want %d: %v", len(servers), want, servers)
	}
	return nil
}
