// Package elastic owns the large way to keep logs: Elasticsearch and Kibana, and
// Filebeat, which brings what pods write, all run by the operator ECK from its
// chart. It needs an API server and a Kubernetes provider, which the stack hands it.
package elastic

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/charts"
	"slipway/internal/machine"
	"slipway/internal/objectmeta"
	"slipway/internal/release"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:Elastic"

// ElasticArgs says how long logs are kept, where, by how many, and who brings them.
type ElasticArgs struct {
	// Sources is the operator's chart, as Get returns it. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// RetentionDays is how long logs are kept. Required.
	RetentionDays int
	// Nodes is the number of pods of Elasticsearch, MemoryMB what each may use, in
	// MiB. Required.
	Nodes, MemoryMB int
	// Storage is the claim of each. Required.
	Storage Storage
	// ExternalCollector leaves it to somebody else to bring logs. Optional.
	ExternalCollector bool
	// Monitored says that the kinds of Prometheus' operator are there. Optional.
	Monitored bool
	// ControlPlane leads into a control-plane node. Required, secret.
	ControlPlane machine.Login
	// After are the nodes, their pod network, and what makes volumes. Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// Storage is a claim.
type Storage struct {
	// Class is its storage class. Optional: the default one.
	Class string
	// Size as Kubernetes writes it, e.g. 20Gi. Required.
	Size string
}

// Elastic is there when ECK says that all of it is well.
type Elastic struct {
	pulumi.ResourceState
}

// NewElastic installs it into the cluster of the Kubernetes provider in opts.
func NewElastic(ctx *pulumi.Context, name string, args *ElasticArgs, opts ...pulumi.ResourceOption) (*Elastic, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("elastic %q: %w", name, err)
	}
	operator, err := args.operator()
	if err != nil {
		return nil, fmt.Errorf("elastic %q: %w", name, err)
	}
	stack, err := args.stack()
	if err != nil {
		return nil, fmt.Errorf("elastic %q: %w", name, err)
	}
	e := &Elastic{}
	if err := ctx.RegisterComponentResource(typeToken, name, e, opts...); err != nil {
		return nil, fmt.Errorf("registering elastic %q: %w", name, err)
	}
	parent, gone := pulumi.Parent(e), pulumi.DeletedWith(args.DeletedWith)
	installed, err := args.install(ctx, name, slices.Concat(operator, stack), parent, gone)
	if err != nil {
		return nil, fmt.Errorf("installing elastic %q: %w", name, err)
	}
	_, err = machine.Run(ctx, name, args.ControlPlane, machine.Step{
		Name:     "healthy",
		Command:  bootstrap.Command(bootstrap.WaitElastic) + " " + namespace + " " + strings.Join(args.awaited(), " "),
		Triggers: pulumi.Array{pulumi.String(digest(stack))},
	}, parent, gone, pulumi.DependsOn(installed))
	if err != nil {
		return nil, fmt.Errorf("waiting for elastic %q: %w", name, err)
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{})
}

// install creates the namespace, the operator in it, and then what that is asked
// for. It goes in the other order: the operator clears up behind what it made.
func (a *ElasticArgs) install(ctx *pulumi.Context, name string, objects []charts.Object, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	level := "privileged" // who reads logs sees folders of its node
	if a.ExternalCollector {
		level = "baseline"
	}
	own, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: objectmeta.Named(namespace, pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String(level)}),
	}, opts...)
	if err != nil {
		return nil, err
	}
	return release.Install(ctx, name, release.Args{Objects: objects, Namespace: namespace, After: a.After},
		append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{own}))...)
}

func (a *ElasticArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}, {"RetentionDays", a.RetentionDays < 1},
		{"Nodes", a.Nodes < 1}, {"MemoryMB", a.MemoryMB < 1}, {"Storage.Size", a.Storage.Size == ""},
		{"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(errs...)
}
