// Package grafana owns the dashboards of a cluster: Grafana, from its chart, which
// reads Prometheus and Alertmanager of the component Monitoring and shares their
// namespace. It needs a Kubernetes provider, which the stack hands it.
package grafana

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
const typeToken = "slipway:index:Grafana"

// GrafanaArgs says what there are dashboards of, and who may change them.
type GrafanaArgs struct {
	// Sources is the chart, as Get returns it. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// AdminPassword is that of the user admin. Required, secret.
	AdminPassword pulumi.StringInput
	// Namespace is that of Prometheus and Alertmanager, Prometheus and Alertmanager
	// their URLs. Required.
	Namespace, Prometheus, Alertmanager string
	// Loki is its URL. Optional: there is none.
	Loki string
	// HAProxy and Ceph add the dashboards of these. Optional.
	HAProxy, Ceph bool
	// After are Prometheus, and what the chart's pods run on. Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// Grafana is there when its pod is ready.
type Grafana struct {
	pulumi.ResourceState
}

// NewGrafana installs it into the cluster of the Kubernetes provider in opts.
func NewGrafana(ctx *pulumi.Context, name string, args *GrafanaArgs, opts ...pulumi.ResourceOption) (*Grafana, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("grafana %q: %w", name, err)
	}
	objects, err := args.objects()
	if err != nil {
		return nil, fmt.Errorf("grafana %q: %w", name, err)
	}
	g := &Grafana{}
	if err := ctx.RegisterComponentResource(typeToken, name, g, opts...); err != nil {
		return nil, fmt.Errorf("registering grafana %q: %w", name, err)
	}
	own := []pulumi.ResourceOption{pulumi.Parent(g), pulumi.DeletedWith(args.DeletedWith), pulumi.DependsOn(args.After)}
	admin, err := corev1.NewSecret(ctx, name+"-admin", &corev1.SecretArgs{
		Metadata:   objectmeta.In(pulumi.String(args.Namespace), secretName, nil),
		StringData: pulumi.ToSecret(pulumi.StringMap{passwordKey: args.AdminPassword}).(pulumi.StringMapOutput),
	}, own...)
	if err != nil {
		return nil, fmt.Errorf("setting the password of grafana %q: %w", name, err)
	}
	_, err = release.Install(ctx, name, release.Args{
		Objects: objects, Namespace: args.Namespace, After: append(slices.Clone(args.After), admin),
		// It reads its password when it starts.
		PodAnnotations: pulumi.StringMap{"slipway/admin": admin.Metadata.ResourceVersion().Elem()},
	}, own...)
	if err != nil {
		return nil, fmt.Errorf("installing grafana %q: %w", name, err)
	}
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{})
}

func (a *GrafanaArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}, {"AdminPassword", a.AdminPassword == nil},
		{"Namespace", a.Namespace == ""}, {"Prometheus", a.Prometheus == ""}, {"Alertmanager", a.Alertmanager == ""},
		{"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(errs...)
}
