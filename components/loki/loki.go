// Package loki owns the light way to keep logs: Loki, from its chart, as one
// program, and Alloy, which brings it what pods and nodes write. It needs a
// Kubernetes provider, which the stack hands it.
package loki

import (
	"errors"
	"fmt"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/objectmeta"
	"slipway/internal/release"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:Loki"

// LokiArgs says how long logs are kept, where, and who brings them.
type LokiArgs struct {
	// Sources is the chart, as Get returns it. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// RetentionDays is how long logs are kept. Required.
	RetentionDays int
	// Storage is Loki's claim. Optional: logs go with its pod.
	Storage *Storage
	// ExternalCollector leaves it to somebody else to bring logs. Optional.
	ExternalCollector bool
	// Monitored says that the kinds of Prometheus' operator are there. Optional.
	Monitored bool
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

// Loki is there when its pod is ready, and a pod of what brings logs on each node.
type Loki struct {
	pulumi.ResourceState
}

// NewLoki installs it into the cluster of the Kubernetes provider in opts.
func NewLoki(ctx *pulumi.Context, name string, args *LokiArgs, opts ...pulumi.ResourceOption) (*Loki, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("loki %q: %w", name, err)
	}
	objects, err := args.objects()
	if err != nil {
		return nil, fmt.Errorf("loki %q: %w", name, err)
	}
	l := &Loki{}
	if err := ctx.RegisterComponentResource(typeToken, name, l, opts...); err != nil {
		return nil, fmt.Errorf("registering loki %q: %w", name, err)
	}
	own := []pulumi.ResourceOption{pulumi.Parent(l), pulumi.DeletedWith(args.DeletedWith)}
	space, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: objectmeta.Named(namespace, pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String(args.podSecurity())}),
	}, own...)
	if err != nil {
		return nil, fmt.Errorf("creating the namespace of loki %q: %w", name, err)
	}
	within := append(slices.Clone(own), pulumi.DependsOn([]pulumi.Resource{space}))
	installed, err := release.Install(ctx, name, release.Args{Objects: objects, Namespace: namespace, After: args.After}, within...)
	if err != nil {
		return nil, fmt.Errorf("installing loki %q: %w", name, err)
	}
	if !args.ExternalCollector {
		if err := args.collect(ctx, name, append(slices.Clone(own), pulumi.DependsOn(append(installed, space)))...); err != nil {
			return nil, fmt.Errorf("installing what brings logs to loki %q: %w", name, err)
		}
	}
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{})
}

func (a *LokiArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}, {"RetentionDays", a.RetentionDays < 1},
		{"Storage.Size", a.Storage != nil && a.Storage.Size == ""}, {"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(errs...)
}
