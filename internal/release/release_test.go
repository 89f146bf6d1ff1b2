package release

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"sigs.k8s.io/yaml"

	"slipway/internal/charts"
	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const objects = `
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: runs, annotations: {a: b}}, spec: {replicas: 2, paused: false, nothing: null, template: {spec: {containers: [{name: c, args: [x]}]}}}}
- {apiVersion: v1, kind: Service, metadata: {name: runs}, spec: {selector: {app: runs}}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: account, namespace: elsewhere}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: "system:some"}}
- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: some, reclaimPolicy: Retain}
- {apiVersion: some.test/v1, kind: Thing, metadata: {name: one}}
- {apiVersion: v1, kind: Namespace, metadata: {name: some}}
- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.some.test}, spec: {group: some.test, names: {kind: Thing}}}
`

func run(t *testing.T) *pulumitest.Recorded {
	t.Helper()
	var all []charts.Object
	if err := yaml.Unmarshal([]byte(objects), &all); err != nil {
		t.Fatal(err)
	}
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		parent, err := pulumitest.Component(ctx, "demo")
		if err != nil {
			return err
		}
		last, err := Install(ctx, "demo", Args{
			Objects: all, Namespace: "some",
			PodAnnotations: pulumi.StringMap{"digest": pulumi.String("sum")},
		}, pulumi.Parent(parent))
		if err == nil && len(last) != 1 {
			t.Errorf("the last stage has %d resources", len(last))
		}
		return err
	})
}

func TestInstall(t *testing.T) {
	recorded := run(t)
	recorded.AssertParented(t)
	recorded.AssertNames(t, "demo")
	golden.Assert(t, "graph.txt", recorded.Graph())
}

// Removing a release must not take all objects of its kinds along.
func TestDefinitionsStay(t *testing.T) {
	for _, r := range run(t).Resources {
		if definition := strings.HasSuffix(r.Type, ":CustomResourceDefinition"); r.RetainOnDelete != definition {
			t.Errorf("%s %s stays: %v", r.Type, r.Name, r.RetainOnDelete)
		}
	}
}

// A Service is there when it has a pod.
func TestServicesDoNotHoldTheirPods(t *testing.T) {
	recorded := run(t)
	service := recorded.Get(t, "kubernetes:core/v1:Service", "demo-service-runs").URN
	if workload := recorded.Get(t, "kubernetes:apps/v1:Deployment", "demo-deployment-runs"); strings.Contains(strings.Join(workload.DependsOn, " "), service) {
		t.Error("the workload waits for the Service, and the Service for a pod of it")
	}
}

// Who uses something finds it there.
func TestStages(t *testing.T) {
	recorded := run(t)
	definition := recorded.Get(t, "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "demo-customresourcedefinition-things.some.test")
	role := recorded.Get(t, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "demo-clusterrole-system-some")
	workload := recorded.Get(t, "kubernetes:apps/v1:Deployment", "demo-deployment-runs")
	space := recorded.Get(t, "kubernetes:core/v1:Namespace", "demo-namespace-some")
	thing := recorded.Get(t, "kubernetes:some.test/v1:Thing", "demo-thing-one")
	for _, pair := range [][2]pulumitest.Resource{{space, role}, {definition, role}, {role, workload}, {workload, thing}} {
		if !strings.Contains(strings.Join(pair[1].DependsOn, " "), pair[0].URN) {
			t.Errorf("%s does not wait for %s", pair[1].Name, pair[0].Name)
		}
	}
}
