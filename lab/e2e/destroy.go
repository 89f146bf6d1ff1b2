package main

import (
	"context"
	"fmt"
)

// destroy: what was made goes away, all of it.
func destroy() scenario {
	return scenario{
		name: "destroy", story: "the end of a whole and of a half-built stack leaves nothing in the cloud and nothing on the host",
		needs: cluster, leaves: nothing,
		steps: []step{
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
			{"make up again, killed while servers are created", killUp(`compute[:/].*Instance .*creating`)},
			{"make destroy of the half-built stack", destroyStack},
			{"the project is empty again", projectIsEmpty},
			{"make down", tearDown},
			{"the host is as it was", hostIsClean},
		},
	}
}

func hostIsClean(ctx context.Context, st *stage) error {
	left, err := st.leftOnHost(ctx)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("left on the host:%s", indent(left))
	}
	return err
}
