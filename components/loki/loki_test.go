package loki

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const name = "demo-loki"

// run deploys everything that there is, changed. The chart shows the values that it
// was given, as upstream's own is not at hand in every test.
func run(t *testing.T, change func(*LokiArgs)) *pulumitest.Recorded {
	t.Helper()
	chart := charttest.Chart(t, "loki", map[string]string{
		"templates/loki.yaml": "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: loki}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
	})
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-loki-cluster")
		if err != nil {
			return err
		}
		args := &LokiArgs{
			Sources: NewSources(chart), Kubernetes: "v1.36.3", RetentionDays: 7, Monitored: true,
			Storage: &Storage{Class: "cinder", Size: "20Gi"},
			After:   []pulumi.Resource{cluster}, DeletedWith: cluster,
		}
		change(args)
		_, err = NewLoki(ctx, name, args)
		return err
	})
}

func asItIs(*LokiArgs) {}

func TestLoki(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

func TestEverythingGoesWithTheCluster(t *testing.T) {
	run(t, asItIs).AssertDeletedWith(t, "demo-loki-cluster")
}

// What brings logs finds Loki there.
func TestCollectorComesAfterLoki(t *testing.T) {
	recorded := run(t, asItIs)
	keeps := recorded.Get(t, "kubernetes:apps/v1:StatefulSet", name+"-statefulset-loki").URN
	if brings := recorded.Get(t, "kubernetes:apps/v1:DaemonSet", name+"-daemon"); !strings.Contains(strings.Join(brings.DependsOn, " "), keeps) {
		t.Errorf("it waits for %v", brings.DependsOn)
	}
}

// Who has a collector of their own has Loki alone, in a namespace that admits less.
func TestExternalCollector(t *testing.T) {
	recorded := run(t, func(a *LokiArgs) { a.ExternalCollector = true })
	if graph := recorded.Graph(); strings.Contains(graph, "alloy") {
		t.Errorf("it has\n%s", graph)
	}
	level, _, _ := recorded.Get(t, "kubernetes:core/v1:Namespace", name+"-namespace").Input(`metadata.labels["pod-security.kubernetes.io/enforce"]`)
	if level.StringValue() != "restricted" {
		t.Errorf("the namespace admits %v", level)
	}
}

// Logs without a claim, and of nobody who watches.
func TestPlain(t *testing.T) {
	graph := run(t, func(a *LokiArgs) { a.Storage, a.Monitored = nil, false }).Graph()
	for _, unwanted := range []string{"20Gi", "PodMonitor"} {
		if strings.Contains(graph, unwanted) {
			t.Errorf("it has %s", unwanted)
		}
	}
}

func TestCollectorConfig(t *testing.T) {
	text, err := collector{URL, logs}.config()
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "config.alloy", text)
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&LokiArgs{Storage: &Storage{}}).validate()
	const want = "Sources is required\nKubernetes is required\nRetentionDays is required\nStorage.Size is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Everything that it runs is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	text := run(t, asItIs).Graph()
	for _, ref := range artifacts.LokiImages(true) {
		repository, tag, _ := strings.Cut(ref, ":")
		_, repository, _ = strings.Cut(repository, "/") // the registry is a value of its own
		if !strings.Contains(text, repository) || !strings.Contains(text, tag) {
			t.Errorf("%s is not among the values", ref)
		}
	}
}
