package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// rook: the cluster stores data on disks of its own nodes.
func rook() scenario {
	return scenario{
		name: "rook", story: "a disk with data is refused; block devices, files and a bucket outlast a storage node; nothing of them is left",
		stack: rookStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up, without Ceph", makeUp},
			{"every node is Ready", nodesReady},
			{"a disk with somebody's data is refused, and keeps it", diskIsRefused},
			{"make up with empty disks", upWithCeph},
			{"every disk has a daemon, data has three places", cephStands},
			{"a block device and a file can be written and read", storeData},
			{"a claimed bucket takes an object and gives it back", storeObject},
			{"Prometheus reaches it, judges its rules, and knows what its graphs ask", cephIsWatched},
			{"its dashboard lets in who has the password", dashboardLetsIn},
			{"the CSI drivers are accepted by the API server", driversAreAccepted},
			{"a storage node loses its power, all data stays in use", loseStorageNode},
			{"make up reports no change", secondUp},
			{"out of the configuration, it stays while there is a bucket", keptByBucket},
			{"with the consent to lose data, nothing is left, on disks neither", withoutCeph},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// cephOn turns it on, as the stack's own file does not.
func cephOn(v values) { v.at("slipway:rookCeph")["enabled"] = true }

func upWithCeph(ctx context.Context, st *stage) error {
	_, err := st.upWith(ctx, cephOn)
	return err
}

// storageDisk is the path of a worker's disk for Ceph, by its size.
func (st *stage) storageDisk(ctx context.Context, node string) (string, error) {
	out, err := st.inside(ctx, node, "sh", "-c", `for disk in /dev/disk/by-id/virtio-*; do [ "$(blockdev --getsize64 "$disk")" != 6442450944 ] || echo "$disk"; done`)
	if paths := strings.Fields(out); err == nil && len(paths) != 1 {
		err = fmt.Errorf("%s has the disks %v, want one", node, paths)
	}
	return strings.TrimSpace(out), err
}

// diskIsRefused puts a file system on one of the disks: the update names node and
// disk, and nothing is lost.
func diskIsRefused(ctx context.Context, st *stage) error {
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	victim := nodes.workers[1]
	disk, err := st.storageDisk(ctx, victim)
	if err != nil {
		return err
	}
	if _, err := st.inside(ctx, victim, "mkfs.ext4", "-q", "-L", "precious", disk); err != nil {
		return err
	}
	out, err := st.upWith(ctx, cephOn)
	if err == nil {
		return errors.New("make up took a disk with data")
	}
	for _, want := range []string{victim, disk + " is neither blank nor Ceph's", "LABEL=precious"} {
		if !strings.Contains(out, want) {
			return fmt.Errorf("the error has no %q: %w", want, err)
		}
	}
	if _, err := st.inside(ctx, victim, "sh", "-ec", "blkid --probe -s LABEL -o value "+disk+" | grep -qx precious"); err != nil {
		return fmt.Errorf("the data is gone: %w", err)
	}
	_, err = st.inside(ctx, victim, "sh", "-ec", "wipefs --quiet --all "+disk+" && dd if=/dev/zero of="+disk+" bs=1M count=1 conv=fsync status=none")
	return err
}

// ceph runs a shell script among Ceph's own tools.
func (st *stage) ceph(ctx context.Context, script string) (string, error) {
	out, err := st.kubectl(ctx, "--namespace", "rook-ceph", "exec", "deployment/rook-ceph-tools", "--request-timeout=2m", "--", "bash", "-euc", script)
	return strings.TrimSpace(out), err
}

// cephStands wants a daemon for each disk, the monitors to agree, all data to be
// where it should, and no complaint but the local cloud's own: with Debian's Python
// the manager counts each of its modules as a crash before it loads it all the same.
// Other crashes count.
func cephStands(ctx context.Context, st *stage) error {
	const script = `ceph osd stat --format json | jq -r '"\(.num_osds) \(.num_up_osds) \(.num_in_osds)"'
ceph quorum_status --format json | jq '.quorum | length'
ceph health --format json | jq -c '.checks | keys - ["RECENT_MGR_MODULE_CRASH"]'
ceph crash ls-new --format json | jq '[.[] | select(.mgr_module_caller != "PyModule::load_subclass_of")] | length'
ceph pg stat --format json | jq -c '[.pg_summary.num_pg_by_state[].name] | unique'`
	const want = "3 3 3\n3\n[]\n0\n[\"active+clean\"]"
	return poll(ctx, 5*time.Minute, func() error {
		out, err := st.ceph(ctx, script)
		if err == nil && out != want {
			err = fmt.Errorf("disks (all, up, in), monitors, complaints, crashes and data are\n%s\nwant\n%s", out, want)
		}
		return err
	})
}
