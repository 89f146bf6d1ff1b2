package main

import (
	"context"
	"fmt"
	"os"
)

// destroy: what was made goes away, all of it.
func destroy() scenario {
	return scenario{
		name: "destroy", story: "the end of a whole and of a half-built stack leaves nothing in the cloud and nothing on the host",
		needs: cluster, leaves: nothing,
		steps: []step{
			{"destroy the stack", destroyStack},
			{"the project is empty", projectIsEmpty},
			{"make up again, killed while servers are created", killUp(`compute[:/].*Instance .*creating`)},
			{"make down of the half-built stack", tearDown},
			{"the host is as it was", hostIsClean},
			{"the project is empty in the cloud, started once more", startCloud},
			{"the cloud stops", stopCloud},
			{"the host is as it was again", hostIsClean},
		},
	}
}

// startCloud looks into the stopped cloud: what it holds outlives make down.
func startCloud(ctx context.Context, st *stage) error {
	if _, err := st.run(ctx, command{argv: []string{"bin/lab", "up"}, env: os.Environ()}); err != nil {
		return err
	}
	return projectIsEmpty(ctx, st)
}

func stopCloud(ctx context.Context, st *stage) error {
	_, err := st.run(ctx, command{argv: []string{"bin/lab", "down"}, env: os.Environ()})
	return err
}

func hostIsClean(ctx context.Context, st *stage) error {
	left, err := st.leftOnHost(ctx)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("left on the host:%s", indent(left))
	}
	return err
}
