package stacks

import (
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	cephPool3  = `{"default": {"flavor": "slipway.worker", "nodes": {"w1": {}, "w2": {}, "w3": {}}, "storageVolumes": [{"sizeGB": 10}, {"sizeGB": 20, "type": "fast"}]}}`
	cephObject = "kubernetes:ceph.rook.io/v1:CephCluster"
)

// Each volume is a disk of Ceph by the path that it has on its node.
func TestCephTakesVolumes(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:workerPools"] = cephPool3
	settings["slipway:rookCeph"] = `{"enabled": true}`
	recorded := mustRun(t, "dev", settings)
	made := recorded.Get(t, cephObject, "dev-rook-ceph-cephcluster-rook-ceph")
	for n, host := range []string{"dev-default-w1", "dev-default-w2", "dev-default-w3"} {
		at := "spec.storage.nodes[" + string(rune('0'+n)) + "]."
		if v, _, _ := made.Input(at + "name"); v.StringValue() != host {
			t.Errorf("the node is %v, want %s", v, host)
		}
		for i, name := range []string{"-storage-1", "-storage-2"} {
			id := recorded.Get(t, "openstack:blockstorage/volume:Volume", host+name).ID
			if v, _, _ := made.Input(at + "devices[" + string(rune('0'+i)) + "].name"); !v.IsString() || !strings.HasPrefix(v.StringValue(), "/dev/disk/by-id/virtio-"+id[:min(20, len(id))]) {
				t.Errorf("a disk of %s is %v, want the volume %s", host, v, id)
			}
		}
	}
	for output, want := range map[resource.PropertyKey]string{"images": "quay.io/cephcsi/cephcsi:", "files": "https://charts.rook.io/release/rook-ceph-cluster-"} {
		if listed := recorded.Outputs[output].String(); !strings.Contains(listed, want) {
			t.Errorf("%s has no %s: %s", output, want, listed)
		}
	}
}

// A further disk concerns neither what its node is made of nor what is on it.
func TestVolumesLeaveNodesAlone(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	with := strings.NewReplacer(`, {"sizeGB": 20, "type": "fast"}`, "").Replace(cephPool3)
	settings["slipway:workerPools"] = with
	one := mustRun(t, "dev", settings)
	settings["slipway:workerPools"] = cephPool3
	two := mustRun(t, "dev", settings)
	for _, name := range []string{"dev-default-w1-files", "dev-default-w1-prepare", "dev-default-w1-join"} {
		a, b := one.Get(t, "command:remote:Command", name), two.Get(t, "command:remote:Command", name)
		if !a.Inputs.DeepEquals(b.Inputs) {
			t.Errorf("%s changes with a further disk", name)
		}
	}
}

// Existing machines name their disks themselves.
func TestCephTakesDisksOfHosts(t *testing.T) {
	haveSources(t)
	settings := onHosts(t)
	mutate(t, settings, "slipway:hosts", func(hosts map[string]any) {
		machines := hosts["machines"].(map[string]any)
		machines["h4"].(map[string]any)["storageDisks"] = []any{"/dev/disk/by-id/wwn-4"}
		machines["h5"] = maps.Clone(machines["h4"].(map[string]any))
		machines["h5"].(map[string]any)["address"] = "192.0.2.105"
	})
	settings["slipway:rookCeph"] = `{"enabled": true, "objectStore": {"replicas": 2}}`
	recorded, err := runOnHosts(t, settings, answers(nil))
	if err != nil {
		t.Fatal(err)
	}
	if text := recorded.Graph(); !strings.Contains(text, "spec.storage.nodes[0].devices[0].name: /dev/disk/by-id/wwn-4") {
		t.Errorf("no disk of a host in\n%s", text)
	}
}
