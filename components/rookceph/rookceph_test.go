package rookceph

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
	"slipway/internal/machine"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const name = "demo-rook-ceph"

// run deploys it, changed. The charts show the values that they were given, as
// upstream's own are not at hand in every test.
func run(t *testing.T, change func(*RookCephArgs)) *pulumitest.Recorded {
	t.Helper()
	operator := charttest.Chart(t, "rook-ceph", map[string]string{
		"templates/kind.yaml":   "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: cephclusters.ceph.rook.io}\nspec: {group: ceph.rook.io, names: {kind: CephCluster}}\n",
		"templates/deploy.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: rook-ceph-operator, namespace: {{ .Release.Namespace }}}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
	})
	cluster := charttest.Chart(t, "rook-ceph-cluster", map[string]string{
		"templates/cluster.yaml": "apiVersion: ceph.rook.io/v1\nkind: CephCluster\nmetadata: {name: rook-ceph}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n  storage: {{ toYaml .Values.cephClusterSpec.storage | nindent 4 }}\n",
		"templates/tools.yaml":   "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: rook-ceph-tools}\nspec: {}\n",
	})
	drivers := []charts.Object{
		{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": "drivers.csi.ceph.io"},
			"spec": map[string]any{"group": "csi.ceph.io", "names": map[string]any{"kind": "Driver"}}},
		own("apps/v1", "Deployment", "ceph-csi-controller-manager"),
	}
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		component, err := pulumitest.Component(ctx, "demo-cluster")
		if err != nil {
			return err
		}
		args := &RookCephArgs{
			Sources: NewSources(operator, cluster, drivers), Kubernetes: "v1.36.3",
			Nodes:         map[string]StorageNode{},
			FailureDomain: "host", OSDMemoryMB: 2048,
			Block: &Pool{Replicas: 3, Default: true}, Filesystem: &Pool{Replicas: 2, Retain: true}, ObjectStore: &ObjectStore{3, 2},
			ControlPlane: login("10.0.0.10"), After: []pulumi.Resource{component}, DeletedWith: component,
		}
		for _, host := range []string{"demo-w1", "demo-w2", "demo-w3"} {
			args.Nodes[host] = StorageNode{
				Disks: pulumi.StringArray{pulumi.String("/dev/disk/by-id/virtio-" + host)}, Login: login("10.0.0.11"),
				Taints: []Taint{{"storage", "yes", "NoSchedule"}},
			}
		}
		change(args)
		_, err = NewRookCeph(ctx, name, args)
		return err
	})
}

func login(address string) machine.Login {
	return nodetest.Settings().SSH.Connect(pulumi.String(address), pulumi.String("ssh-ed25519 key"))
}

func asItIs(*RookCephArgs) {}

func TestRookCeph(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertOutputsRegistered(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

func TestEverythingGoesWithTheCluster(t *testing.T) {
	run(t, asItIs).AssertDeletedWith(t, "demo-cluster")
}

// Rook takes what it is given: each disk has to be looked at before.
func TestDisksAreLookedAtFirst(t *testing.T) {
	recorded := run(t, asItIs)
	made := recorded.Get(t, "kubernetes:ceph.rook.io/v1:CephCluster", name+"-cephcluster-rook-ceph")
	for _, host := range []string{"demo-w1", "demo-w2", "demo-w3"} {
		looked := recorded.Get(t, "command:remote:Command", host+"-disks")
		if !slices.Contains(made.DependsOn, looked.URN) {
			t.Errorf("the disks of %s are taken unseen", host)
		}
		if v, _, _ := looked.Input("stdin"); v.StringValue() != "/dev/disk/by-id/virtio-"+host+"\n" {
			t.Errorf("%s looks at %v", host, v)
		}
	}
}

func TestSmallClusters(t *testing.T) {
	const monitors = "cephClusterSpec.mon.count: "
	const own = "cephClusterSpec.cephConfig.global.osd_pool_default_size: 2\n"
	if text := run(t, asItIs).Graph(); !strings.Contains(text, monitors+"3\n") || strings.Contains(text, own) {
		t.Errorf("three nodes have no quorum, or two copies:\n%s", text)
	}
	text := run(t, func(a *RookCephArgs) { delete(a.Nodes, "demo-w3") }).Graph()
	if !strings.Contains(text, monitors+"1\n") || strings.Contains(text, "demo-w3") {
		t.Errorf("two nodes have a quorum of three:\n%s", text)
	}
	if !strings.Contains(text, own) {
		t.Errorf("with two nodes Ceph looks for a third:\n%s", text)
	}
}

// Nothing but definitions of the drivers is installed where nobody needs them.
func TestWithoutDrivers(t *testing.T) {
	for what, change := range map[string]func(*RookCephArgs){
		"somebody else's": func(a *RookCephArgs) { a.ExternalCSI = true },
		"buckets only":    func(a *RookCephArgs) { a.Block, a.Filesystem = nil, nil },
	} {
		text := run(t, change).Graph()
		if strings.Contains(text, "ceph-csi-controller-manager") || strings.Contains(text, "rbd.csi.ceph.com") || !strings.Contains(text, "drivers.csi.ceph.io") {
			t.Errorf("%s:\n%s", what, text)
		}
	}
}

// Data is cleared at one sentence, which is there only when it was asked for.
func TestDeleteData(t *testing.T) {
	const sentence = "yes-really-destroy-data"
	if text := run(t, asItIs).Graph(); strings.Contains(text, sentence) {
		t.Error("data is cleared unasked")
	}
	if text := run(t, func(a *RookCephArgs) { a.DeleteData = true }).Graph(); !strings.Contains(text, sentence) {
		t.Error("data is not cleared")
	}
}

// Regression: Rook's operator went before it had cleared the disks.
func TestDisksAreClearedBeforeRookGoes(t *testing.T) {
	if text := run(t, asItIs).Graph(); strings.Contains(text, "clear-ceph") {
		t.Error("without the word, clearing is waited for")
	}
	recorded := run(t, func(a *RookCephArgs) { a.DeleteData = true })
	step := recorded.Get(t, "command:remote:Command", name+"-cleared")
	cluster := recorded.Get(t, "kubernetes:ceph.rook.io/v1:CephCluster", name+"-cephcluster-rook-ceph")
	if !slices.Contains(cluster.DependsOn, step.URN) {
		t.Error("the Ceph cluster goes after the wait for its disks")
	}
	// The step waits for the last objects of the operator's release, and these for it.
	operator, needed := recorded.Get(t, "kubernetes:apps/v1:Deployment", name+"-deployment-rook-ceph-operator").URN, map[string]bool{step.URN: true}
	for range recorded.Resources {
		for _, r := range recorded.Resources {
			for _, urn := range r.DependsOn {
				needed[urn] = needed[urn] || needed[r.URN]
			}
		}
	}
	if !needed[operator] {
		t.Error("the operator may go before the disks are clear")
	}
}

// Regression: Rook counted as the owner of fields that it had written as it read them,
// and no change of the cluster was accepted any more: not the word to delete its data.
func TestChangesAreApplied(t *testing.T) {
	recorded := run(t, asItIs)
	for _, r := range recorded.Resources {
		if v, _, _ := r.Input(`metadata.annotations["pulumi.com/patchForce"]`); strings.Contains(r.Type, "ceph.rook.io") && (v.IsNull() || v.StringValue() != "true") {
			t.Errorf("a change of %s %s may be refused", r.Type, r.Name)
		}
	}
	if v, _, _ := recorded.Get(t, "kubernetes:ceph.rook.io/v1:CephCluster", name+"-cephcluster-rook-ceph").Input(`metadata.annotations["pulumi.com/patchForce"]`); v.IsNull() {
		t.Error("there is no cluster")
	}
}

// Regression: Ceph's daemons went first, and Rook asked them for ever whether a
// filesystem or an object store was empty.
func TestDaemonsGoLast(t *testing.T) {
	for _, r := range run(t, asItIs).Resources {
		if v, _, _ := r.Input(`metadata.annotations["pulumi.com/deletionPropagationPolicy"]`); strings.Contains(r.Type, "ceph.rook.io") && (v.IsNull() || v.StringValue() != "background") {
			t.Errorf("what %s %s consists of goes before it does", r.Type, r.Name)
		}
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&RookCephArgs{}).validate()
	const want = "Sources is required\nKubernetes is required\nNodes is required\nFailureDomain is required\nOSDMemoryMB is required\nBlock, Filesystem or ObjectStore is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What it runs is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	listed := artifacts.RookCephImages(true)
	v, c := (&RookCephArgs{}).operatorValues(), (&RookCephArgs{}).clusterValues()
	for _, i := range []imageValues{v.Image, c.Image, v.CSI.CephCSI, v.CSI.Attacher, v.CSI.Provisioner, v.CSI.Registrar, v.CSI.Resizer, v.CSI.Snapshotter} {
		if ref := i.Repository + ":" + i.Tag; !slices.Contains(listed, ref) {
			t.Errorf("%s is not among %v", ref, listed)
		}
	}
}
