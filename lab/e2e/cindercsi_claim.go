package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack"
	"golang.org/x/sys/unix"
)

const claimManifest = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: default}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

const claimingPod = `apiVersion: v1
kind: Pod
metadata: {name: claims, namespace: default}
spec:
  nodeSelector: {kubernetes.io/hostname: NODE}
  terminationGracePeriodSeconds: 0
  containers:
    - name: claims
      image: docker.io/library/busybox:1.37
      command: [sh, -c, "sleep infinity"]
      volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`

const snapshotManifest = `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: data, namespace: default}
spec: {source: {persistentVolumeClaimName: data}}
`

// volumeTime is for a volume to be made, attached, or to go: several rounds of a
// slow API by controllers that look once in a while.
const volumeTime = 3 * time.Minute

func (st *stage) apply(ctx context.Context, manifest string) error {
	_, err := st.tool(ctx, command{argv: append(st.kubectlArgv(), "apply", "--filename", "-"), stdin: manifest})
	return err
}

// placePod runs the pod with the claim on one of the workers.
func (st *stage) placePod(ctx context.Context, worker int) (node string, err error) {
	nodes, err := st.hosts()
	if err != nil {
		return "", err
	}
	node = nodes.workers[worker]
	if err := st.apply(ctx, strings.ReplaceAll(claimingPod, "NODE", node)); err != nil {
		return "", err
	}
	_, err = st.kubectl(ctx, "wait", "pod", "claims", "--for=condition=Ready", "--timeout=5m", "--request-timeout=6m")
	return node, err
}

func (st *stage) inPod(ctx context.Context, script string) (string, error) {
	out, err := st.kubectl(ctx, "exec", "claims", "--", "sh", "-c", script)
	return strings.TrimSpace(out), err
}

func claimVolume(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, claimManifest); err != nil {
		return err
	}
	node, err := st.placePod(ctx, 0)
	if err != nil {
		return err
	}
	if _, err := st.inPod(ctx, "echo what was written >/data/file && sync"); err != nil {
		return err
	}
	return st.attachedTo(ctx, node)
}

// attachedTo wants the claim's volume at one node's server, and at no other.
func (st *stage) attachedTo(ctx context.Context, node string) error {
	m, err := st.local().Find(node)
	if err != nil {
		return err
	}
	v, err := st.claimed(ctx)
	if err == nil && (v.Status != "in-use" || len(v.Attachments) != 1 || v.Attachments[0].Server != m.ID) {
		err = fmt.Errorf("the volume is %+v, want it in use by server %s alone", v, m.ID)
	}
	return err
}

type volume struct {
	ID, Name, Status string
	Attachments      []struct {
		Server string `json:"server_id"`
	}
}

// claimed is the claim's volume, as Cinder knows it.
func (st *stage) claimed(ctx context.Context) (volume, error) {
	name, err := st.kubectl(ctx, "get", "persistentvolumeclaim", "data", "--output=jsonpath={.spec.volumeName}")
	if err != nil {
		return volume{}, err
	}
	client, endpoints, err := st.connect(ctx, userCloud)
	if err != nil {
		return volume{}, err
	}
	service, err := openstack.NewBlockStorageV3(client, endpoints)
	if err != nil {
		return volume{}, err
	}
	var answer struct{ Volumes []volume }
	if _, err := service.Get(ctx, service.ServiceURL("volumes", "detail"), &answer, nil); err != nil {
		return volume{}, err
	}
	for _, v := range answer.Volumes {
		if v.Name == strings.TrimSpace(name) {
			return v, nil
		}
	}
	return volume{}, fmt.Errorf("there is no volume %q", name)
}

func moveClaim(ctx context.Context, st *stage) error {
	if _, err := st.kubectl(ctx, "delete", "pod", "claims", "--timeout=2m", "--request-timeout=3m"); err != nil {
		return err
	}
	node, err := st.placePod(ctx, 1)
	if err != nil {
		return err
	}
	if text, err := st.inPod(ctx, "cat /data/file"); err != nil || text != "what was written" {
		return errors.Join(err, fmt.Errorf("the file has %q", text))
	}
	return st.attachedTo(ctx, node)
}

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

func deleteClaim(ctx context.Context, st *stage) error {
	for _, what := range []string{"volumesnapshot/data", "pod/claims", "persistentvolumeclaim/data"} {
		if _, err := st.kubectl(ctx, "delete", what, "--timeout=3m", "--request-timeout=4m"); err != nil {
			return err
		}
	}
	return poll(ctx, volumeTime, func() error {
		volumes, err := st.owned(ctx, "volume")
		if err != nil {
			return err
		}
		snapshots, err := st.owned(ctx, "snapshot")
		for _, name := range append(volumes, snapshots...) {
			if strings.HasPrefix(name, "pvc-") || strings.HasPrefix(name, "snapshot-") {
				err = errors.Join(err, fmt.Errorf("%s is still there", name))
			}
		}
		return err
	})
}
