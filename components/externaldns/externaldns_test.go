package externaldns

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/cloudlogin"
	"slipway/internal/golden"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	name           = "demo-external-dns"
	credentialType = "openstack:identity/applicationCredential:ApplicationCredential"
	commandType    = "command:remote:Command"
	needle         = "the-secret-of-the-credential"
)

// run deploys it for two zones, changed.
func run(t *testing.T, change func(*ExternalDNSArgs)) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, name+"-cluster")
		if err != nil {
			return err
		}
		args := &ExternalDNSArgs{
			Cluster:      "demo",
			Login:        cloudlogin.Login{AuthURL: "https://keystone.example.com/v3", Region: "RegionOne", Roles: []string{"member"}, Generation: 1},
			Zones:        []string{"apps.example.com", "example.org"},
			Gateways:     true,
			ControlPlane: nodetest.Settings().SSH.Connect(pulumi.String("10.0.0.10"), pulumi.String("ssh-ed25519 node")),
			After:        []pulumi.Resource{cluster}, DeletedWith: cluster,
		}
		change(args)
		_, err = NewExternalDNS(ctx, name, args)
		return err
	}, pulumitest.SecretOutput(credentialType, "secret", needle))
}

func asItIs(*ExternalDNSArgs) {}

func TestExternalDNS(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, needle)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

// What is in the cluster goes with it; credential and records are the cloud's.
func TestWhatGoesWithTheCluster(t *testing.T) {
	recorded := run(t, asItIs)
	cluster := recorded.Get(t, pulumitest.ComponentType, name+"-cluster").URN
	for _, r := range recorded.Resources {
		if r.Custom && (r.DeletedWith == cluster) != strings.HasPrefix(r.Type, "kubernetes:") {
			t.Errorf("%s %s is deleted with %q", r.Type, r.Name, r.DeletedWith)
		}
	}
}

// It goes last: before it, its records do.
func TestRecordsGoFirst(t *testing.T) {
	recorded := run(t, asItIs)
	step := recorded.Get(t, commandType, name+"-records")
	if v, _, _ := step.Input("delete"); v.StringValue() != "sudo -n /opt/slipway/release-records.sh" {
		t.Errorf("its end runs %v", v)
	}
	for _, needed := range []string{"apps/v1:Deployment", "batch/v1:CronJob"} {
		found := false
		for _, r := range recorded.Resources {
			found = found || r.Type == "kubernetes:"+needed && strings.Contains(strings.Join(step.DependsOn, " "), r.URN)
		}
		if !found {
			t.Errorf("the %s may go before the records do", needed)
		}
	}
}

func TestRecordsThatAreKept(t *testing.T) {
	graph := run(t, func(a *ExternalDNSArgs) { a.KeepRecords = true }).Graph()
	for text, want := range map[string]bool{"--policy=upsert-only": true, "--policy=sync": false, "CronJob": false, "release-records": true} {
		if strings.Contains(graph, text) != want {
			t.Errorf("%s is there: not %v\n%s", text, want, graph)
		}
	}
}

// The registry cannot be changed once there are records: they would be nobody's.
func TestRecordsStayTheClusters(t *testing.T) {
	graph := run(t, asItIs).Graph()
	for _, flag := range []string{"--txt-owner-id=demo", "--txt-prefix=%{record_type}-owner.", "--txt-wildcard-replacement=any"} {
		if strings.Count(graph, flag) != 2 {
			t.Errorf("not both pods have %s", flag)
		}
	}
}

func TestWithoutGateways(t *testing.T) {
	if graph := run(t, func(a *ExternalDNSArgs) { a.Gateways = false }).Graph(); strings.Contains(graph, "gateway") {
		t.Errorf("it looks for them:\n%s", graph)
	}
}

// What takes the records away must not count as the pod that writes them.
func TestReleaseIsNotTheDeployment(t *testing.T) {
	recorded := run(t, asItIs)
	release, _, _ := recorded.Get(t, "kubernetes:batch/v1:CronJob", name+"-release").Input("spec.jobTemplate.spec.template.metadata.labels.app")
	pod, _, _ := recorded.Get(t, "kubernetes:apps/v1:Deployment", name+"-deployment").Input("spec.selector.matchLabels.app")
	if release.StringValue() == pod.StringValue() {
		t.Errorf("both are called %v", pod)
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&ExternalDNSArgs{Cluster: "demo"}).validate()
	const want = "Zones is required\nAfter is required\nDeletedWith is required\n" +
		"the login needs AuthURL\nthe login needs Generation\nthe login needs Region\nthe login needs Roles"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What a mirror is told to hold is used.
func TestImagesAreListed(t *testing.T) {
	graph := run(t, asItIs).Graph()
	for _, ref := range artifacts.ExternalDNSImages() {
		if !strings.Contains(graph, ref) {
			t.Errorf("%s is listed, but not used", ref)
		}
	}
}
