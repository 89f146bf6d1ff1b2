package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// fileScript writes or reads a file by the library of CephFS: the kernel of the
// local cloud's machines cannot mount it.
const fileScript = `import cephfs, sys
fs = cephfs.LibCephFS(conffile='/etc/ceph/ceph.conf', conf={'client_permissions': 'false'})
fs.mount(filesystem_name=b'ceph-filesystem')
if sys.argv[1] == 'write':
    fd = fs.open('/e2e', 'w', 0o644)
    fs.write(fd, b'what was written', 0)
    fs.fsync(fd, 0)
else:
    fd = fs.open('/e2e', 'r', 0)
    sys.stdout.write(fs.read(fd, 0, 100).decode())
fs.close(fd)
fs.unmount()
`

// storeBlock writes to a block device, and reads it.
func storeBlock(ctx context.Context, st *stage) error {
	_, err := st.ceph(ctx, `seq 1000000 >/tmp/e2e && rbd import --no-progress /tmp/e2e ceph-block/e2e && rm /tmp/e2e`)
	if err != nil {
		return err
	}
	return st.blockIsThere(ctx)
}

// storeData writes to a block device and to a file.
func storeData(ctx context.Context, st *stage) error {
	if err := storeBlock(ctx, st); err != nil {
		return err
	}
	if _, err := st.ceph(ctx, "python3 - write <<'END'\n"+fileScript+"END\n"); err != nil {
		return err
	}
	return dataIsThere(ctx, st)
}

func (st *stage) blockIsThere(ctx context.Context) error {
	_, err := st.ceph(ctx, `timeout 60 rbd export --no-progress ceph-block/e2e - | head -c 6888896 | cmp - <(seq 1000000)`)
	if err != nil {
		return fmt.Errorf("the block device: %w", err)
	}
	return nil
}

// dataIsThere reads both.
func dataIsThere(ctx context.Context, st *stage) error {
	if err := st.blockIsThere(ctx); err != nil {
		return err
	}
	out, err := st.ceph(ctx, "timeout 60 python3 - read <<'END'\n"+fileScript+"END\n")
	if err == nil && out != "what was written" {
		err = fmt.Errorf("it has %q", out)
	}
	if err != nil {
		return fmt.Errorf("the file: %w", err)
	}
	return nil
}

// bucketManifest claims a bucket, and has a pod that is told where it is.
const bucketManifest = `apiVersion: v1
kind: List
items:
  - apiVersion: objectbucket.io/v1alpha1
    kind: ObjectBucketClaim
    metadata: {name: photos, namespace: default}
    spec: {generateBucketName: photos, storageClassName: ceph-bucket}
  - apiVersion: v1
    kind: Pod
    metadata: {name: photos, namespace: default}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: client
          image: quay.io/ceph/ceph:v20.2.4
          command: [sleep, infinity]
          envFrom:
            - configMapRef: {name: photos}
            - secretRef: {name: photos}
`

func storeObject(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, bucketManifest); err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "wait", "objectbucketclaim/photos", "--for=jsonpath={.status.phase}=Bound", "--timeout=3m", "--request-timeout=4m"); err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "wait", "pod/photos", "--for=condition=Ready", "--timeout=3m", "--request-timeout=4m"); err != nil {
		return err
	}
	if _, err := st.s3(ctx, `echo a picture >/tmp/a && s3 put /tmp/a "s3://$BUCKET_NAME/a"`); err != nil {
		return err
	}
	return objectIsThere(ctx, st)
}

// s3 runs a shell script that talks to the object store; the keys are in the
// pod's environment.
func (st *stage) s3(ctx context.Context, script string) (string, error) {
	const client = `s3() { s3cmd --config /dev/null --no-ssl --no-progress --max-retries 1 --host "$BUCKET_HOST:$BUCKET_PORT" --host-bucket "$BUCKET_HOST:$BUCKET_PORT" "$@"; }
`
	out, err := st.kubectl(ctx, "exec", "photos", "--request-timeout=2m", "--", "timeout", "60", "bash", "-euc", client+script)
	return strings.TrimSpace(out), err
}

func objectIsThere(ctx context.Context, st *stage) error {
	out, err := st.s3(ctx, `s3 get --quiet --force "s3://$BUCKET_NAME/a" /tmp/b && cat /tmp/b`)
	if err == nil && out != "a picture" {
		err = fmt.Errorf("the object is %q", out)
	}
	return err
}

// storageGap is for monitors and pods to notice that a node is gone, and for its
// pods to start elsewhere.
const storageGap = 4 * time.Minute

// loseStorageNode takes one of three nodes away: what was written can be read, and
// more be written. It is whole again when the node is back.
func loseStorageNode(ctx context.Context, st *stage) error {
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	// Not the node of the pods that ask.
	asking, err := st.kubectl(ctx, "get", "pod", "photos", "--output=jsonpath={.spec.nodeName}")
	if err != nil {
		return err
	}
	victim := nodes.workers[0]
	if victim == strings.TrimSpace(asking) {
		victim = nodes.workers[1]
	}
	start := time.Now()
	err = powerLoss.during(ctx, st, victim, func() error {
		if err := st.notReady(ctx, victim); err != nil {
			return err
		}
		return poll(ctx, storageGap, func() error {
			if err := dataIsThere(ctx, st); err != nil {
				return err
			}
			if err := objectIsThere(ctx, st); err != nil {
				return err
			}
			_, err := st.s3(ctx, `s3 put /tmp/a "s3://$BUCKET_NAME/during"`)
			return err
		})
	})
	if err != nil {
		return err
	}
	st.say("block device, file and bucket were in use %.0f s after %s lost its power", time.Since(start).Seconds(), victim)
	if err := nodesReady(ctx, st); err != nil {
		return err
	}
	return cephStands(ctx, st)
}
