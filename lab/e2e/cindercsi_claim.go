package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack"
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

// volumeTime is for a volume to be made, attached, or to go: several rounds of a
// slow API by controllers that look once in a while.
const volumeTime = 3 * time.Minute

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

func deleteClaim(ctx context.Context, st *stage) error {
	for _, what := range []string{"volumesnapshot/data", "pod/claims", "persistentvolumeclaim/data"} {
		if _, err := st.kubectl(ctx, "delete", what, "--timeout=3m", "--request-timeout=4m"); err != nil {
			return err
		}
	}
	return volumesGo(ctx, st)
}

// volumesGo wants the volumes of claims, and their snapshots, to be gone from the cloud.
func volumesGo(ctx context.Context, st *stage) error {
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
