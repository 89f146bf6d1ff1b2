// Package release registers the objects of a Helm chart as Pulumi resources:
// each shows in previews with all its fields, and policies see it.
package release

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/charts"
	"slipway/internal/objectmeta"
)

// Args are the objects, and what is known only while the stack is deployed.
type Args struct {
	// Objects are what the chart was rendered to. Required.
	Objects []charts.Object
	// Namespace is for objects that name none. Required.
	Namespace string
	// PodAnnotations are set on the pods of the workloads, e.g. a digest of their
	// configuration, so that they restart when it changes. Optional.
	PodAnnotations pulumi.StringMap
	// After are what workloads and Services need beside the objects. Optional.
	After []pulumi.Resource
}

// stages are the objects in the order in which they are installed: who uses
// something finds it there. Objects of the release's own kinds come last, as what
// runs by then may have to admit them.
func stages(objects []charts.Object) [4][]charts.Object {
	own := map[string]bool{}
	for _, o := range objects {
		if o.IsDefinition() {
			own[o.Defines()] = true
		}
	}
	var in [4][]charts.Object
	for _, o := range objects {
		stage := 1
		switch {
		case o.IsDefinition() || o.Kind() == "Namespace":
			stage = 0
		case hasPods(o) || o.Kind() == "Service": // which waits for its pods
			stage = 2
		case own[o.GroupKind()]:
			stage = 3
		}
		in[stage] = append(in[stage], o)
	}
	return in
}

func hasPods(o charts.Object) bool {
	return slices.Contains([]string{"Deployment", "DaemonSet", "StatefulSet", "Job"}, o.Kind())
}

// Install registers the objects below name and returns the resources of the last
// stage that has some: who depends on these has all. The provider waits until
// workloads are ready, and says which pod is not.
//
// Definitions of custom resources stay when the release is removed: with them, all
// objects of their kinds would go.
func Install(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	var before []pulumi.Resource
	for _, objects := range stages(args.Objects) {
		var stage []pulumi.Resource
		for _, o := range objects {
			needed := before
			if hasPods(o) || o.Kind() == "Service" { // which waits for its pods and its address
				needed = slices.Concat(before, args.After)
			}
			resource, err := register(ctx, name, o, args, slices.Concat(opts, options(o), []pulumi.ResourceOption{pulumi.DependsOn(needed)}))
			if err != nil {
				return nil, fmt.Errorf("registering %s %s: %w", o.Kind(), o.Name(), err)
			}
			stage = append(stage, resource)
		}
		if len(stage) > 0 {
			before = stage
		}
	}
	return before, nil
}

// options are what objects of some kinds ask for.
func options(o charts.Object) []pulumi.ResourceOption {
	switch {
	case o.IsDefinition():
		return []pulumi.ResourceOption{pulumi.RetainOnDelete(true)}
	case o.Kind() == "StorageClass":
		// The API server takes no change of these, and the provider does not know.
		return []pulumi.ResourceOption{pulumi.ReplaceOnChanges([]string{"reclaimPolicy", "volumeBindingMode"}), pulumi.DeleteBeforeReplace(true)}
	}
	return nil
}

// object is a resource whose outputs nobody reads.
type object struct{ pulumi.CustomResourceState }

func register(ctx *pulumi.Context, name string, o charts.Object, args Args, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	fields := inputOf(map[string]any(o)).(pulumi.Map)
	metadata := child(fields, "metadata")
	if o.Namespace() == "" && !clusterWide(o.Kind()) {
		metadata["namespace"] = pulumi.String(args.Namespace)
	}
	// As in internal/objectmeta: all creations are by one manager.
	child(metadata, "annotations")["pulumi.com/patchFieldManager"] = pulumi.String("slipway")
	if o.Kind() == "ServiceAccount" {
		child(metadata, "annotations")[objectmeta.SkipAwait] = pulumi.String("true")
	}
	if hasPods(o) && len(args.PodAnnotations) > 0 {
		annotations := child(child(child(child(fields, "spec"), "template"), "metadata"), "annotations")
		for key, value := range args.PodAnnotations {
			annotations[key] = value
		}
	}
	resource := &object{}
	err := ctx.RegisterResource(token(o), name+"-"+strings.ToLower(o.Kind())+"-"+dashed.Replace(o.Name()), fields, resource, opts...)
	return resource, err
}

// dashed leaves out what means something in URNs.
var dashed = strings.NewReplacer(":", "-", "/", "-")

// token is the type of a resource as the SDK's own constructors have it.
func token(o charts.Object) string {
	group := o.APIVersion()
	if !strings.Contains(group, "/") {
		group = "core/" + group
	}
	return "kubernetes:" + group + ":" + o.Kind()
}

// clusterWide says whether objects of a kind of Kubernetes are in no namespace.
func clusterWide(kind string) bool {
	return slices.Contains([]string{
		"APIService", "CSIDriver", "ClusterIssuer", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "GatewayClass", "IngressClass",
		"MutatingWebhookConfiguration", "Namespace", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass",
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeSnapshotClass",
	}, kind)
}

// child is the mapping below a key, made if it is not there.
func child(fields pulumi.Map, key string) pulumi.Map {
	inner, ok := fields[key].(pulumi.Map)
	if !ok {
		inner = pulumi.Map{}
		fields[key] = inner
	}
	return inner
}

// inputOf is a value as Pulumi takes it. What is null is left out, as the API
// server does.
func inputOf(value any) pulumi.Input {
	switch v := value.(type) {
	case map[string]any:
		fields := pulumi.Map{}
		for key, inner := range v {
			if inner != nil {
				fields[key] = inputOf(inner)
			}
		}
		return fields
	case []any:
		items := pulumi.Array{}
		for _, inner := range v {
			items = append(items, inputOf(inner))
		}
		return items
	case pulumi.Input: // known only while the stack is deployed
		return v
	default:
		return pulumi.Any(v)
	}
}
