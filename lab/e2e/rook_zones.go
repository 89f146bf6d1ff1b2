package main

import (
	"context"
	"fmt"
	"time"
)

// rookZones: copies of data are in different zones of the cloud.
func rookZones() scenario {
	return scenario{
		name: "rook-zones", story: "each of two zones has a copy of everything that Ceph stores",
		stack: rookZonesStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"Ceph knows the zones, and each has a copy", zonesHaveCopies},
			{"a block device can be written and read", storeBlock},
			{"make up reports no change", secondUp},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// zonesHaveCopies wants Ceph to have the zones of the cloud with a disk in each, to
// choose by them where copies of the pool go, to have put two of each there, and to
// complain of nothing but what cephStands allows.
func zonesHaveCopies(ctx context.Context, st *stage) error {
	const script = `ceph osd crush tree --format json | jq -c '[.nodes[] | select(.type == "zone") | .name] | sort'
rule=$(ceph osd pool get ceph-block crush_rule --format json | jq -r .crush_rule)
ceph osd crush rule dump "$rule" | jq -c '[.steps[] | select(.op | startswith("choose")) | .type]'
ceph pg ls --format json | jq -c '[.pg_stats[] | "\(.acting | length) \(.state)"] | unique'
ceph health --format json | jq -c '.checks | keys - ["RECENT_MGR_MODULE_CRASH"]'`
	const want = `["az1","az2"]
["zone"]
["2 active+clean"]
[]`
	return poll(ctx, 5*time.Minute, func() error {
		out, err := st.ceph(ctx, script)
		if err == nil && out != want {
			err = fmt.Errorf("zones, what copies are kept apart by, their number and state, and complaints are\n%s\nwant\n%s", out, want)
		}
		return err
	})
}
