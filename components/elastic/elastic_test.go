package elastic

import (
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
	name        = "demo-elastic"
	commandType = "command:remote:Command"
)

// definition is of one of the operator's kinds.
func definition(group, plural, kind string) string {
	return "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: " + plural + "." + group + "}\nspec: {group: " + group + ", names: {kind: " + kind + "}}\n"
}

// run deploys everything that there is, changed. The chart shows the values that it
// was given, as upstream's own is not at hand in every test.
func run(t *testing.T, change func(*ElasticArgs)) *pulumitest.Recorded {
	t.Helper()
	chart := charttest.Chart(t, "eck-operator", map[string]string{
		"templates/crds.yaml": definition("elasticsearch.k8s.elastic.co", "elasticsearches", "Elasticsearch") +
			definition("kibana.k8s.elastic.co", "kibanas", "Kibana") + definition("beat.k8s.elastic.co", "beats", "Beat"),
		"templates/operator.yaml": "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: elastic-operator}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
	})
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-elastic-cluster")
		if err != nil {
			return err
		}
		args := &ElasticArgs{
			Sources: NewSources(chart), Kubernetes: "v1.36.3", RetentionDays: 7, Nodes: 3, MemoryMB: 4096, Monitored: true,
			Storage:      Storage{Class: "cinder", Size: "20Gi"},
			ControlPlane: nodetest.Settings().SSH.Connect(pulumi.String("10.0.0.10"), pulumi.String("ssh-ed25519 node")),
			After:        []pulumi.Resource{cluster}, DeletedWith: cluster,
		}
		change(args)
		_, err = NewElastic(ctx, name, args)
		return err
	})
}

func asItIs(*ElasticArgs) {}

func TestElastic(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

func TestEverythingGoesWithTheCluster(t *testing.T) {
	run(t, asItIs).AssertDeletedWith(t, "demo-elastic-cluster")
}

// What the operator is asked for comes after it, and goes before.
func TestAskedAfterTheOperator(t *testing.T) {
	recorded := run(t, asItIs)
	operator := recorded.Get(t, "kubernetes:apps/v1:StatefulSet", name+"-statefulset-elastic-operator").URN
	for kind, object := range map[string]string{
		"elasticsearch.k8s.elastic.co/v1:Elasticsearch": "elasticsearch-logs",
		"kibana.k8s.elastic.co/v1:Kibana":               "kibana-logs",
		"beat.k8s.elastic.co/v1beta1:Beat":              "beat-filebeat",
	} {
		if asked := recorded.Get(t, "kubernetes:"+kind, name+"-"+object); !strings.Contains(strings.Join(asked.DependsOn, " "), operator) {
			t.Errorf("%s waits for %v", kind, asked.DependsOn)
		}
	}
}

// What is asked for anew is waited for anew.
func TestWaits(t *testing.T) {
	trigger := func(change func(*ElasticArgs), want string) string {
		step := run(t, change).Get(t, commandType, name+"-healthy")
		if v, _, _ := step.Input("create"); v.StringValue() != "sudo -n /opt/slipway/wait-elastic.sh elastic "+want {
			t.Errorf("it runs %v", v)
		}
		v, _, _ := step.Input("triggers[0]")
		return v.StringValue()
	}
	const all, alone = "elasticsearch/logs kibana/logs beat/filebeat", "elasticsearch/logs kibana/logs"
	first := trigger(asItIs, all)
	if trigger(asItIs, all) != first {
		t.Error("the same is waited for twice")
	}
	for what, change := range map[string]func(*ElasticArgs){
		"retention": func(a *ElasticArgs) { a.RetentionDays = 1 },
		"memory":    func(a *ElasticArgs) { a.MemoryMB = 2048 },
		"number":    func(a *ElasticArgs) { a.Nodes = 1 },
	} {
		if trigger(change, all) == first {
			t.Errorf("another %s is not waited for", what)
		}
	}
	trigger(func(a *ElasticArgs) { a.ExternalCollector = true }, alone)
}

// Who has a collector of their own has no Filebeat, nor rights for it, in a
// namespace that admits less.
func TestExternalCollector(t *testing.T) {
	recorded := run(t, func(a *ElasticArgs) { a.ExternalCollector = true })
	if graph := recorded.Graph(); strings.Contains(graph, "filebeat") {
		t.Errorf("it has\n%s", graph)
	}
	level, _, _ := recorded.Get(t, "kubernetes:core/v1:Namespace", name+"-namespace").Input(`metadata.labels["pod-security.kubernetes.io/enforce"]`)
	if level.StringValue() != "baseline" {
		t.Errorf("the namespace admits %v", level)
	}
}

// A copy beside the only one would never be there, and health never green.
func TestCopies(t *testing.T) {
	for nodes, want := range map[int]int{1: 0, 3: 1, 5: 1} {
		settings := (&ElasticArgs{Nodes: nodes}).filebeatConfig()["setup.template"].(map[string]any)["settings"]
		if got := settings.(map[string]any)["index.number_of_replicas"]; got != want {
			t.Errorf("%d pods have %v copies, want %d", nodes, got, want)
		}
	}
}

func TestPolicy(t *testing.T) {
	text, err := (&ElasticArgs{RetentionDays: 28}).policy()
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "policy.json", text+"\n")
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&ElasticArgs{}).validate()
	const want = "Sources is required\nKubernetes is required\nRetentionDays is required\nNodes is required\nMemoryMB is required\nStorage.Size is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Everything that it runs is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	text := run(t, asItIs).Graph()
	for _, ref := range artifacts.ElasticImages(true) {
		repository, tag, _ := strings.Cut(ref, ":")
		if !strings.Contains(text, repository) || !strings.Contains(text, tag) {
			t.Errorf("%s is not among the values", ref)
		}
	}
}
