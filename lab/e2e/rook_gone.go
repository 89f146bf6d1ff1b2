package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// driversAreAccepted has the API server judge what runs the CSI drivers, without
// running it: previews ask it to.
func driversAreAccepted(ctx context.Context, st *stage) error {
	with := func(external bool) error {
		return st.writeEdited(st.sourceFile(), func(v values) {
			overlays[st.stack](v)
			cephOn(v)
			v.at("slipway:rookCeph")["externalCSI"] = external
		})
	}
	if err := with(false); err != nil {
		return err
	}
	out, err := st.make(ctx, "preview", nil)
	if err := errors.Join(err, with(true)); err != nil {
		return err
	}
	for _, want := range []string{
		"rook-ceph-deployment-ceph-csi-controller-manager", "rook-ceph-driver-rook-ceph.rbd.csi.ceph.com", "rook-ceph-driver-rook-ceph.cephfs.csi.ceph.com",
	} {
		if !strings.Contains(out, want) {
			return fmt.Errorf("the preview has no %s", want)
		}
	}
	return nil
}

// keptByBucket takes it out of the configuration. That is refused, and it is there
// afterwards.
func keptByBucket(ctx context.Context, st *stage) error {
	out, err := st.upWith(ctx, func(values) {})
	if err == nil {
		return errors.New("storage was removed while there was a bucket")
	}
	if want := "buckets of Ceph: default/photos"; !strings.Contains(out, want) {
		return fmt.Errorf("the error has no %q: %w", want, err)
	}
	if err := cephStands(ctx, st); err != nil {
		return err
	}
	return objectIsThere(ctx, st)
}

// withoutCeph takes it out with its data.
func withoutCeph(ctx context.Context, st *stage) error {
	if _, err := st.kubectl(ctx, "delete", "pod/photos", "objectbucketclaim/photos", "--timeout=3m", "--request-timeout=4m"); err != nil {
		return err
	}
	if _, err := st.ceph(ctx, "rbd rm --no-progress ceph-block/e2e"); err != nil {
		return err
	}
	_, err := st.upWith(ctx, func(v values) {
		cephOn(v)
		v.at("slipway:rookCeph")["deleteData"] = true
	})
	if err != nil {
		return err
	}
	if _, err := st.upWith(ctx, func(values) {}); err != nil {
		return err
	}
	left, err := st.kubectl(ctx, "get", "namespaces,clusterroles,clusterrolebindings,storageclasses,persistentvolumes", "--output=name")
	if err == nil && (strings.Contains(left, "rook") || strings.Contains(left, "ceph")) {
		err = fmt.Errorf("the cluster still has\n%s", left)
	}
	if err != nil {
		return err
	}
	return disksAreBlank(ctx, st)
}

// isBlank fails when a disk or the folder of Ceph's daemons has something. The folder
// "exporter" with sockets of daemons that have ended is Rook's affair: from 1.18 on it
// removes that too, but the local cloud has 1.17.
const isBlank = `
left=$(find /var/lib/rook -mindepth 1 ! -path /var/lib/rook/exporter ! '(' -path '/var/lib/rook/exporter/*' -type s ')' 2>/dev/null || :)
echo "$left" >&2
[ -z "$left" ] && ! blkid --probe "$1" && cmp -n 1048576 "$1" /dev/zero
`

// disksAreBlank wants nothing of Ceph on the nodes.
func disksAreBlank(ctx context.Context, st *stage) error {
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	for _, node := range nodes.workers {
		disk, err := st.storageDisk(ctx, node)
		if err != nil {
			return err
		}
		if _, err := st.inside(ctx, node, "sh", "-ec", isBlank, "sh", disk); err != nil {
			return fmt.Errorf("%s or /var/lib/rook of %s still has something: %w", disk, node, err)
		}
	}
	return nil
}
