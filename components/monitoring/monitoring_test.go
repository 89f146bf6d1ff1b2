package monitoring

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	name        = "demo-monitoring"
	commandType = "command:remote:Command"
	needle      = "the-password-of-a-receiver"
)

// run deploys everything that there is, changed. The chart shows the values that
// it was given, as upstream's own is not at hand in every test.
func run(t *testing.T, change func(*MonitoringArgs)) *pulumitest.Recorded {
	t.Helper()
	chart := charttest.Chart(t, "kube-prometheus-stack", map[string]string{
		"templates/crd.yaml":      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: scrapeconfigs.monitoring.coreos.com}\nspec: {group: monitoring.coreos.com, names: {kind: ScrapeConfig}}\n",
		"templates/operator.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: monitoring-operator, namespace: {{ .Release.Namespace }}}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
	})
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-monitoring-cluster")
		if err != nil {
			return err
		}
		args := &MonitoringArgs{
			Sources: NewSources(chart), Kubernetes: "v1.36.3", Retention: "10d",
			Storage:   &Storage{Class: "cinder", Size: "20Gi"},
			Receivers: pulumi.ToSecret(pulumi.String("password: " + needle)).(pulumi.StringOutput),
			ProxyPort: 9101, VirtualAddress: pulumi.String("10.0.0.5"),
			ControlPlane: nodetest.Settings().SSH.Connect(pulumi.String("10.0.0.10"), pulumi.String("ssh-ed25519 node")),
			After:        []pulumi.Resource{cluster}, DeletedWith: cluster,
		}
		change(args)
		_, err = NewMonitoring(ctx, name, args)
		return err
	})
}

func asItIs(*MonitoringArgs) {}

func TestMonitoring(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, needle)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

func TestEverythingGoesWithTheCluster(t *testing.T) {
	run(t, asItIs).AssertDeletedWith(t, "demo-monitoring-cluster")
}

// Another configuration is waited for again.
func TestWaits(t *testing.T) {
	trigger := func(change func(*MonitoringArgs)) string {
		step := run(t, change).Get(t, commandType, name+"-available")
		if v, _, _ := step.Input("create"); v.StringValue() != "sudo -n /opt/slipway/wait-available.sh monitoring prometheus/monitoring-prometheus alertmanager/monitoring-alertmanager" {
			t.Errorf("it runs %v", v)
		}
		v, _, _ := step.Input("triggers[0]")
		return v.StringValue()
	}
	first := trigger(asItIs)
	if trigger(asItIs) != first {
		t.Error("the same configuration is waited for twice")
	}
	for what, change := range map[string]func(*MonitoringArgs){
		"retention": func(a *MonitoringArgs) { a.Retention = "1d" },
		"storage":   func(a *MonitoringArgs) { a.Storage = nil },
		"proxies":   func(a *MonitoringArgs) { a.ProxyPort = 0 },
	} {
		if trigger(change) == first {
			t.Errorf("another %s is not waited for", what)
		}
	}
}

// Without receivers Alertmanager has a configuration all the same.
func TestNobodyIsTold(t *testing.T) {
	secret := run(t, func(a *MonitoringArgs) { a.Receivers = nil }).Get(t, "kubernetes:core/v1:Secret", name+"-receivers")
	if v, _, _ := secret.Input(`stringData["alertmanager.yaml"]`); v.StringValue() != nobody {
		t.Errorf("its configuration is %v", v)
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&MonitoringArgs{Storage: &Storage{}, ProxyPort: 1}).validate()
	const want = "Sources is required\nKubernetes is required\nRetention is required\nStorage.Size is required\nVirtualAddress is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Machines that are no nodes are asked at their addresses. Who holds the virtual
// address among them nobody tells.
func TestMachinesThatAreNoNodes(t *testing.T) {
	recorded := run(t, func(a *MonitoringArgs) {
		a.Etcd = map[string]pulumi.StringInput{"demo-etcd-e2": pulumi.String("10.0.0.22"), "demo-etcd-e1": pulumi.String("10.0.0.21")}
		a.Proxies = map[string]pulumi.StringInput{"demo-proxy-p1": pulumi.String("10.0.0.31")}
	})
	for job, want := range map[string]string{
		"kube-etcd": `[{"labels":{"node":"demo-etcd-e1"},"targets":["10.0.0.21:2381"]},{"labels":{"node":"demo-etcd-e2"},"targets":["10.0.0.22:2381"]}]`,
		"haproxy":   `[{"labels":{"node":"demo-proxy-p1"},"targets":["10.0.0.31:9101"]}]`,
	} {
		v, _, _ := recorded.Get(t, "kubernetes:monitoring.coreos.com/v1alpha1:ScrapeConfig", name+"-scrapeconfig-"+job).Input("spec.staticConfigs")
		if got, err := json.Marshal(v.Mappable()); err != nil || string(got) != want {
			t.Errorf("%s: asked are %s, want %s (%v)", job, got, want, err)
		}
	}
	if graph := recorded.Graph(); strings.Contains(graph, "VirtualAddress") || !strings.Contains(graph, "APIServerOutOfHAProxy") {
		t.Errorf("the rules are wrong:\n%s", graph)
	}
}

// Everything that it runs is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	text := run(t, asItIs).Graph()
	for _, ref := range artifacts.MonitoringImages() {
		repository, tag, _ := strings.Cut(ref, ":")
		_, repository, _ = strings.Cut(repository, "/") // the registry is a value of its own
		if !strings.Contains(text, repository) || !strings.Contains(text, tag) {
			t.Errorf("%s is not among the values", ref)
		}
	}
}
