package grafana

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const (
	name   = "demo-grafana"
	needle = "the-password-of-admin"
)

// run deploys everything that there is, changed. The chart shows the values that it
// was given, as upstream's own is not at hand in every test.
func run(t *testing.T, change func(*GrafanaArgs)) *pulumitest.Recorded {
	t.Helper()
	chart := charttest.Chart(t, "grafana", map[string]string{
		"templates/grafana.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: grafana}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
	})
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-grafana-cluster")
		if err != nil {
			return err
		}
		args := &GrafanaArgs{
			Sources: NewSources(chart), Kubernetes: "v1.36.3", AdminPassword: pulumi.String(needle),
			Namespace: "monitoring", Prometheus: "http://prometheus:9090", Alertmanager: "http://alertmanager:9093", Loki: "http://loki:3100",
			HAProxy: true, Ceph: true, After: []pulumi.Resource{cluster}, DeletedWith: cluster,
		}
		change(args)
		_, err = NewGrafana(ctx, name, args)
		return err
	})
}

func asItIs(*GrafanaArgs) {}

func TestGrafana(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, needle)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

func TestEverythingGoesWithTheCluster(t *testing.T) {
	run(t, asItIs).AssertDeletedWith(t, "demo-grafana-cluster")
}

// There are dashboards of what there is.
func TestDashboards(t *testing.T) {
	graph := run(t, func(a *GrafanaArgs) { a.HAProxy = false }).Graph()
	if strings.Contains(graph, "slipway-haproxy") || !strings.Contains(graph, "slipway-ceph") {
		t.Errorf("it has\n%s", graph)
	}
}

// Grafana asks Loki where there is one.
func TestLoki(t *testing.T) {
	if graph := run(t, func(a *GrafanaArgs) { a.Loki = "" }).Graph(); strings.Contains(graph, "loki") {
		t.Errorf("it has\n%s", graph)
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&GrafanaArgs{}).validate()
	const want = "Sources is required\nKubernetes is required\nAdminPassword is required\nNamespace is required\nPrometheus is required\nAlertmanager is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Everything that it runs is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	text := run(t, asItIs).Graph()
	for _, ref := range artifacts.GrafanaImages() {
		repository, tag, _ := strings.Cut(ref, ":")
		_, repository, _ = strings.Cut(repository, "/") // the registry is a value of its own
		if !strings.Contains(text, repository) || !strings.Contains(text, tag) {
			t.Errorf("%s is not among the values", ref)
		}
	}
}
