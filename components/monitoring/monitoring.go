// Package monitoring owns what watches a cluster: Prometheus, Alertmanager and the
// exporters, from the chart kube-prometheus-stack. It needs an API server and a
// Kubernetes provider, which the stack hands it.
package monitoring

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
const typeToken = "slipway:index:Monitoring"

// MonitoringArgs says what is watched, how long it is remembered, and who is told.
type MonitoringArgs struct {
	// Sources is the chart, as Get returns it. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// Retention is how long samples are kept, as Prometheus reads it. Required.
	Retention string
	// Storage is Prometheus's claim. Optional: samples go with its pod.
	Storage *Storage
	// Receivers is Alertmanager's configuration. Optional, secret: nobody is told.
	Receivers pulumi.StringInput
	// Etcd maps the names of machines that run etcd, and are no nodes, to their
	// addresses. Optional: it runs on control planes.
	Etcd map[string]pulumi.StringInput
	// Dashboards adds those of the chart, as ConfigMaps for Grafana. Optional.
	Dashboards bool
	// ProxyPort is where HAProxy tells about itself. Optional: none runs.
	ProxyPort int
	// Proxies maps the names of machines that run HAProxy, and are no nodes, to their
	// addresses. Optional: it runs on control planes.
	Proxies map[string]pulumi.StringInput
	// VirtualAddress is the one that control planes hold. Required with ProxyPort
	// unless there are Proxies, who cannot be asked for it.
	VirtualAddress pulumi.StringInput
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

// Monitoring is there when Prometheus and Alertmanager are available.
type Monitoring struct {
	pulumi.ResourceState
}

// NewMonitoring installs it into the cluster of the Kubernetes provider in opts.
func NewMonitoring(ctx *pulumi.Context, name string, args *MonitoringArgs, opts ...pulumi.ResourceOption) (*Monitoring, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("monitoring %q: %w", name, err)
	}
	objects, err := args.objects()
	if err != nil {
		return nil, fmt.Errorf("monitoring %q: %w", name, err)
	}
	m := &Monitoring{}
	if err := ctx.RegisterComponentResource(typeToken, name, m, opts...); err != nil {
		return nil, fmt.Errorf("registering monitoring %q: %w", name, err)
	}
	parent, gone := pulumi.Parent(m), pulumi.DeletedWith(args.DeletedWith)
	installed, err := args.install(ctx, name, objects, parent, gone)
	if err != nil {
		return nil, fmt.Errorf("installing monitoring %q: %w", name, err)
	}
	_, err = machine.Run(ctx, name, args.ControlPlane, machine.Step{
		Name:     "available",
		Command:  bootstrap.Command(bootstrap.WaitAvailable) + " " + Namespace + " " + strings.Join(ready, " "),
		Triggers: pulumi.Array{pulumi.String(args.digest())},
	}, parent, gone, pulumi.DependsOn(installed))
	if err != nil {
		return nil, fmt.Errorf("waiting for monitoring %q: %w", name, err)
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{})
}

// install creates the namespace, Alertmanager's configuration in it, and what the
// chart consists of.
func (a *MonitoringArgs) install(ctx *pulumi.Context, name string, objects []charts.Object, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	own, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		// Node exporters see their node, which the namespace has to admit.
		Metadata: objectmeta.Named(Namespace, pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String("privileged")}),
	}, opts...)
	if err != nil {
		return nil, err
	}
	receivers := a.Receivers
	if receivers == nil {
		receivers = pulumi.String(nobody)
	}
	opts = append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{own}))
	secret, err := corev1.NewSecret(ctx, name+"-receivers", &corev1.SecretArgs{
		Metadata:   objectmeta.In(pulumi.String(Namespace), secretName, nil),
		StringData: pulumi.ToSecret(pulumi.StringMap{"alertmanager.yaml": receivers}).(pulumi.StringMapOutput),
	}, opts...)
	if err != nil {
		return nil, err
	}
	kubelets, err := newKubelets(ctx, name, opts...)
	if err != nil {
		return nil, err
	}
	return release.Install(ctx, name, release.Args{
		Objects: objects, Namespace: Namespace, After: append(slices.Clone(a.After), secret, kubelets),
	}, opts...)
}

// newKubelets is the Service under which the operator lists the kubelets. It makes
// one itself, which would stay when the operator goes.
func newKubelets(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*corev1.Service, error) {
	metadata := objectmeta.In(pulumi.String("kube-system"), chartName+"-kubelet", pulumi.StringMap{"k8s-app": pulumi.String("kubelet")})
	// It has no pods to wait for.
	metadata = objectmeta.NotAwaited(metadata)
	return corev1.NewService(ctx, name+"-kubelets", &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: corev1.ServiceSpecArgs{
			ClusterIP: pulumi.String("None"),
			Ports:     corev1.ServicePortArray{corev1.ServicePortArgs{Name: pulumi.String("https-metrics"), Port: pulumi.Int(10250)}},
		},
	}, opts...)
}

func (a *MonitoringArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}, {"Retention", a.Retention == ""},
		{"Storage.Size", a.Storage != nil && a.Storage.Size == ""}, {"VirtualAddress", a.ProxyPort != 0 && len(a.Proxies) == 0 && a.VirtualAddress == nil}, {"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(errs...)
}
