// Package ingress owns how HTTP requests from outside find Services by their host
// names: Traefik from its chart, and the definitions of the Gateway API. It needs
// an API server, a Kubernetes provider, and somebody who gives Services of type
// LoadBalancer addresses, all of which the stack hands it.
package ingress

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/release"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:Ingress"

// IngressArgs says how Traefik runs and where it is reached.
type IngressArgs struct {
	// Sources are the chart and the definitions, as Get returns them. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// Replicas is the number of pods. Required.
	Replicas int
	// Announced says that nodes answer for the Service's address themselves, as
	// with MetalLB. Then only those with a pod of Traefik do, and requests keep
	// their clients' addresses. Optional.
	Announced bool
	// NodePorts says that somebody brings requests to HTTPNodePort and HTTPSNodePort of
	// nodes, and that the Service needs no address. Optional.
	NodePorts bool
	// Address is the one of MetalLB's addresses that is wanted. Optional: any.
	Address string
	// PublicAddress is the address or the name that Gateways and Ingresses show.
	// Optional: that of the Service.
	PublicAddress string
	// TLS are the host names that are answered by HTTPS, and for each the Secret in
	// Namespace that has its certificate. Optional: nothing answers by TLS.
	TLS map[string]string
	// After are the nodes, their pod network, and who gives Services addresses.
	// Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// Ingress is there when Traefik answers at an address.
type Ingress struct {
	pulumi.ResourceState
}

// NewIngress installs it into the cluster of the Kubernetes provider in opts.
func NewIngress(ctx *pulumi.Context, name string, args *IngressArgs, opts ...pulumi.ResourceOption) (*Ingress, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("ingress %q: %w", name, err)
	}
	objects, err := args.objects()
	if err != nil {
		return nil, fmt.Errorf("ingress %q: %w", name, err)
	}
	i := &Ingress{}
	if err := ctx.RegisterComponentResource(typeToken, name, i, opts...); err != nil {
		return nil, fmt.Errorf("registering ingress %q: %w", name, err)
	}
	_, err = release.Install(ctx, name, release.Args{Objects: objects, Namespace: Namespace, After: args.After},
		pulumi.Parent(i), pulumi.DeletedWith(args.DeletedWith))
	if err != nil {
		return nil, fmt.Errorf("installing ingress %q: %w", name, err)
	}
	return i, ctx.RegisterResourceOutputs(i, pulumi.Map{})
}

func (a *IngressArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}, {"Replicas", a.Replicas < 1},
		{"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(errs...)
}
