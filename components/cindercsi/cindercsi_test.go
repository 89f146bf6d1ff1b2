package cindercsi

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/charts/charttest"
	"slipway/internal/cloudlogin"
	"slipway/internal/golden"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	name           = "demo-cinder-csi"
	credentialType = "openstack:identity/applicationCredential:ApplicationCredential"
	commandType    = "command:remote:Command"
	needle         = "the-secret-of-the-credential"
)

// sources stand in for upstream's: the chart shows the values that it was given,
// as upstream's own is not at hand in every test.
func sources(t *testing.T) *Sources {
	t.Helper()
	driver := charttest.Chart(t, "openstack-cinder-csi", map[string]string{
		"templates/plugin.yaml": "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: plugin, namespace: {{ .Release.Namespace }}}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
	})
	return NewSources(driver, []charts.Object{{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": "volumesnapshots.snapshot.storage.k8s.io"},
	}})
}

func baseline(t *testing.T, cluster pulumi.Resource) *CinderCSIArgs {
	return &CinderCSIArgs{
		Cluster:    "demo",
		Login:      cloudlogin.Login{AuthURL: "https://keystone.example.com/v3", Region: "RegionOne", Roles: []string{"member"}, Generation: 1},
		Sources:    sources(t),
		Kubernetes: "v1.36.3",
		StorageClasses: map[string]StorageClass{
			"cinder": {Default: true, Filesystem: "ext4"},
			"kept":   {VolumeType: "ssd", Retain: true, Filesystem: "xfs"},
		},
		ControlPlane: nodetest.Settings().SSH.Connect(pulumi.String("10.0.0.10"), pulumi.String("ssh-ed25519 node")),
		DeletedWith:  cluster,
	}
}

// run deploys the baseline, changed.
func run(t *testing.T, change func(*CinderCSIArgs)) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-cinder-csi-cluster")
		if err != nil {
			return err
		}
		args := baseline(t, cluster)
		args.After = []pulumi.Resource{cluster}
		change(args)
		_, err = NewCinderCSI(ctx, name, args)
		return err
	}, pulumitest.SecretOutput(credentialType, "secret", needle))
}

func asItIs(*CinderCSIArgs) {}

func TestCinderCSI(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, needle)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

// What is in the cluster goes with it; the credential is the cloud's.
func TestWhatGoesWithTheCluster(t *testing.T) {
	recorded := run(t, asItIs)
	cluster := recorded.Get(t, pulumitest.ComponentType, "demo-cinder-csi-cluster").URN
	for _, r := range recorded.Resources {
		if r.Custom && (r.DeletedWith == cluster) != (r.Type != credentialType) {
			t.Errorf("%s %s is deleted with %q", r.Type, r.Name, r.DeletedWith)
		}
	}
}

// The driver goes last: before it, somebody looks for volumes that need it.
func TestVolumesHoldTheDriver(t *testing.T) {
	recorded := run(t, asItIs)
	step := recorded.Get(t, commandType, name+"-volumes")
	if v, _, _ := step.Input("delete"); v.StringValue() != "sudo -n /opt/slipway/check-volumes.sh" {
		t.Errorf("its end runs %v", v)
	}
	if driver := recorded.Get(t, "kubernetes:apps/v1:DaemonSet", name+"-daemonset-plugin").URN; !strings.Contains(strings.Join(step.DependsOn, " "), driver) {
		t.Error("the driver may go before anybody has looked for volumes")
	}
}

func TestZonesThatDoNotMatter(t *testing.T) {
	for ignore, want := range map[bool]string{false: "true", true: "false"} {
		recorded := run(t, func(a *CinderCSIArgs) { a.IgnoreZones = ignore })
		topology, _, _ := recorded.Get(t, "kubernetes:apps/v1:DaemonSet", name+"-daemonset-plugin").Input("spec.values.csi.provisioner.topology")
		config, _, _ := recorded.Get(t, "kubernetes:core/v1:Secret", name+"-config").Input(`stringData["cloud.conf"]`)
		if topology.StringValue() != want || strings.Contains(config.StringValue(), "ignore-volume-az = true") != ignore {
			t.Errorf("zones ignored: %v: the topology is %v, the configuration\n%s", ignore, topology, config.StringValue())
		}
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&CinderCSIArgs{Cluster: "demo"}).validate()
	const want = "Sources is required\nKubernetes is required\nStorageClasses is required\nAfter is required\nDeletedWith is required\n" +
		"the login needs AuthURL\nthe login needs Generation\nthe login needs Region\nthe login needs Roles"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Everything that the driver is made of is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	text := run(t, asItIs).Graph()
	for _, ref := range artifacts.CinderCSIImages() {
		repository, tag, _ := strings.Cut(ref, ":")
		if repository == artifacts.SnapshotController().Repository {
			continue // see TestSnapshotController
		}
		if !strings.Contains(text, repository) || !strings.Contains(text, tag) {
			t.Errorf("%s is not among the values", ref)
		}
	}
}

func TestSnapshotController(t *testing.T) {
	controller := charts.Object{"kind": "Deployment", "spec": map[string]any{
		"replicas": 2, "template": map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"image": "some:v0"}}}},
	}}
	adapt(controller)
	spec := controller["spec"].(map[string]any)
	pod := spec["template"].(map[string]any)["spec"].(map[string]any)
	container := pod["containers"].([]any)[0].(map[string]any)
	if spec["replicas"] != 1 || len(pod["tolerations"].([]any)) != 1 || container["image"] != artifacts.SnapshotController().String() {
		t.Errorf("it is %v", controller)
	}
}
