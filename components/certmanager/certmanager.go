// Package certmanager owns how certificates of what runs in a cluster are issued:
// cert-manager from its chart, the issuers, and the certificates that the ingress
// serves. It needs an API server and a Kubernetes provider, which the stack hands it.
package certmanager

import (
	"errors"
	"fmt"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/charts"
	"slipway/internal/machine"
	"slipway/internal/objectmeta"
	"slipway/internal/release"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:CertManager"

// CertManagerArgs says who issues certificates, and for whom.
type CertManagerArgs struct {
	// Sources is the chart, as Get returns it. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// Replicas is the number of pods of each part. Required.
	Replicas int
	// Issuers are those of the whole cluster, by name. Required.
	Issuers map[string]Issuer
	// Certificates are those that are issued from the beginning. Optional.
	Certificates []Certificate
	// Gateway is the Gateway through which ACME servers ask. Optional: the cluster
	// has no Gateways.
	Gateway *Gateway
	// DNS01 has ACME servers that ask by DNS find their records. Required if there
	// are such issuers.
	DNS01 *DNS01
	// ControlPlane leads into a control-plane node. Required, secret.
	ControlPlane machine.Login
	// After are the nodes, their pod network, and the Gateway. Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// Issuer is who signs.
type Issuer struct {
	// ACME is the server that is asked. Optional: an authority is made.
	ACME *ACME
}

// ACME is a server that speaks ACME.
type ACME struct {
	// Server is the URL of its directory. Required.
	Server string
	// Email is that of the account. Optional.
	Email string
	// CABundle are its authorities in PEM. Optional.
	CABundle string
	// DNS01 has it ask by DNS. Optional: it asks through the Gateway.
	DNS01 bool
}

// Certificate is one for a host name, in a Secret of the same name.
type Certificate struct{ Name, Namespace, Host, Issuer string }

// Gateway is a Gateway with a listener for HTTP.
type Gateway struct{ Namespace, Name string }

// CertManager is there when its issuers are admitted.
type CertManager struct {
	pulumi.ResourceState

	// Authorities are the certificates of the authorities that were made, in PEM,
	// by the issuer's name.
	Authorities pulumi.StringMap
}

// NewCertManager installs it into the cluster of the Kubernetes provider in opts.
func NewCertManager(ctx *pulumi.Context, name string, args *CertManagerArgs, opts ...pulumi.ResourceOption) (*CertManager, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cert-manager %q: %w", name, err)
	}
	objects, err := args.objects()
	if err != nil {
		return nil, fmt.Errorf("cert-manager %q: %w", name, err)
	}
	m := &CertManager{Authorities: pulumi.StringMap{}}
	if err := ctx.RegisterComponentResource(typeToken, name, m, opts...); err != nil {
		return nil, fmt.Errorf("registering cert-manager %q: %w", name, err)
	}
	if err := m.install(ctx, name, args, objects); err != nil {
		return nil, fmt.Errorf("installing cert-manager %q: %w", name, err)
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"authorities": m.Authorities})
}

// install creates the namespace with the keys of the authorities, cert-manager, and
// what only its webhook admits.
func (m *CertManager) install(ctx *pulumi.Context, name string, args *CertManagerArgs, objects []charts.Object) error {
	opts := []pulumi.ResourceOption{pulumi.Parent(m), pulumi.DeletedWith(args.DeletedWith)}
	space, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: objectmeta.Named(namespace, pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String("restricted")}),
	}, opts...)
	if err != nil {
		return err
	}
	inside := append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{space}))
	keys, err := m.newAuthorities(ctx, name, args.Issuers, inside)
	if err != nil {
		return err
	}
	installed, err := release.Install(ctx, name, release.Args{Objects: objects, Namespace: namespace, After: args.After}, inside...)
	if err != nil {
		return err
	}
	admitted, err := machine.Run(ctx, name, args.ControlPlane, machine.Step{
		Name: "admitted", Command: bootstrap.Command(bootstrap.WaitAdmitted), Stdin: pulumi.String(probe),
		Triggers: pulumi.Array{pulumi.String(args.digest())},
	}, append(slices.Clone(opts), pulumi.DependsOn(installed))...)
	if err != nil {
		return err
	}
	needs := append(keys, admitted)
	if args.DNS01 != nil {
		webhook, err := m.newWebhook(ctx, name, args, append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{admitted})))
		if err != nil {
			return fmt.Errorf("having challenges written to Designate: %w", err)
		}
		needs = append(needs, webhook)
	}
	_, err = release.Install(ctx, name, release.Args{Objects: args.issuers(), Namespace: namespace}, append(slices.Clone(opts), pulumi.DependsOn(needs))...)
	return err
}

func (a *CertManagerArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}, {"Replicas", a.Replicas < 1}, {"Issuers", len(a.Issuers) == 0},
		{"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	for _, issuer := range a.Issuers {
		if issuer.ACME != nil && issuer.ACME.DNS01 && a.DNS01 == nil {
			return errors.Join(append(errs, errors.New("DNS01 is required"))...)
		}
	}
	return errors.Join(append(errs, a.DNS01.validate())...)
}
