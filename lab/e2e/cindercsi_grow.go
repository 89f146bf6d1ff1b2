package main

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

const snapshotManifest = `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: data, namespace: default}
spec: {source: {persistentVolumeClaimName: data}}
`

// growClaim wants a larger volume, the same for the device in the machine, and a
// larger filesystem on it.
func growClaim(ctx context.Context, st *stage) error {
	const grown = `{"spec": {"resources": {"requests": {"storage": "2Gi"}}}}`
	if _, err := st.kubectl(ctx, "patch", "persistentvolumeclaim", "data", "--patch", grown); err != nil {
		return err
	}
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	v, err := st.claimed(ctx)
	if err != nil {
		return err
	}
	err = poll(ctx, volumeTime, func() error {
		out, err := st.inside(ctx, nodes.workers[1], "blockdev", "--getsize64", "/dev/disk/by-id/virtio-"+v.ID[:20])
		if err == nil && strings.TrimSpace(out) != "2147483648" {
			err = fmt.Errorf("the device has %s bytes", strings.TrimSpace(out))
		}
		return err
	})
	if err != nil {
		return err
	}
	if !mayGrowFilesystems() {
		st.say("its filesystem is not looked at: root of this machine lacks CAP_SYS_RESOURCE, without which ext4 does not grow while it is mounted")
		return nil
	}
	return poll(ctx, volumeTime, func() error {
		kilobytes, err := st.inPod(ctx, "busybox df -k /data | tail -n 1 | busybox awk '{print $2}'")
		var size int
		if err == nil {
			_, err = fmt.Sscan(kilobytes, &size)
		}
		if least := 3 << 19; err == nil && size < least {
			err = fmt.Errorf("the filesystem has %d KiB, want %d at least", size, least)
		}
		return err
	})
}

// mayGrowFilesystems says whether machines can have the capability that ext4 asks for.
func mayGrowFilesystems() bool {
	var mine [2]unix.CapUserData
	err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &mine[0])
	return err == nil && mine[0].Effective&(1<<unix.CAP_SYS_RESOURCE) != 0
}

func snapshotClaim(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, snapshotManifest); err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "wait", "volumesnapshot", "data", "--for=jsonpath={.status.readyToUse}=true", "--timeout=3m", "--request-timeout=4m"); err != nil {
		return err
	}
	names, err := st.owned(ctx, "snapshot")
	if err == nil && len(names) != 1 {
		err = fmt.Errorf("the snapshots of the project are %v, want one", names)
	}
	return err
}
