// Package metallb owns what gives Services of type LoadBalancer addresses in the
// nodes' network: MetalLB from its chart, the addresses it gives away, and in an
// OpenStack network the ports that keep these for it. It needs an API server and a
// Kubernetes provider, which the stack hands it.
package metallb

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/machine"
	"slipway/internal/release"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:MetalLB"

// MetalLBArgs says which addresses Services get.
type MetalLBArgs struct {
	// Sources is the chart, as Get returns it. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// Pools are the addresses, by name. Required.
	Pools map[string]Pool
	// OnControlPlane has control-plane nodes answer for addresses too, for
	// clusters without workers. Optional.
	OnControlPlane bool
	// Reserve keeps addresses in a network of OpenStack. Optional: nobody there
	// hands addresses out.
	Reserve *Reservation
	// After are the nodes and their pod network, without which MetalLB's pods would
	// not get ready. Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// Pool is a set of addresses.
type Pool struct {
	// Ranges are of the form first-last or in CIDR notation. Required.
	Ranges []string
	// OnRequest gives an address only to Services that ask for it. Optional.
	OnRequest bool
}

// Reservation keeps addresses from being given to anything else.
type Reservation struct {
	// Attachment is the network with its subnet. Required.
	Attachment machine.Attachment
	// Addresses are all that Services may get. Required.
	Addresses []netip.Addr
	// Public are those of them that get floating IPs. Optional.
	Public []netip.Addr
	// FloatingIP says where these come from. Required if Public is set.
	FloatingIP machine.FloatingIP
}

// MetalLB is there when it answers for addresses of Services.
type MetalLB struct {
	pulumi.ResourceState

	// Public are the floating IPs by the addresses that they are on.
	Public pulumi.StringMapOutput `pulumi:"public"`
}

// NewMetalLB installs it into the cluster of the Kubernetes provider in opts.
func NewMetalLB(ctx *pulumi.Context, name string, args *MetalLBArgs, opts ...pulumi.ResourceOption) (*MetalLB, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("MetalLB %q: %w", name, err)
	}
	objects, err := args.objects()
	if err != nil {
		return nil, fmt.Errorf("MetalLB %q: %w", name, err)
	}
	m := &MetalLB{}
	if err := ctx.RegisterComponentResource(typeToken, name, m, opts...); err != nil {
		return nil, fmt.Errorf("registering MetalLB %q: %w", name, err)
	}
	parent := pulumi.Parent(m)
	public, err := args.Reserve.reserve(ctx, name, parent, pulumi.DependsOn(args.After))
	if err != nil {
		return nil, fmt.Errorf("reserving the addresses of MetalLB %q: %w", name, err)
	}
	m.Public = public.ToStringMapOutput()
	_, err = release.Install(ctx, name, release.Args{Objects: objects, Namespace: namespace, After: args.After}, parent, pulumi.DeletedWith(args.DeletedWith))
	if err != nil {
		return nil, fmt.Errorf("installing MetalLB %q: %w", name, err)
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"public": m.Public})
}

// reserve makes a port for each address. None is ever bound: nodes send from the
// addresses by their allowed address pairs.
func (r *Reservation) reserve(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (pulumi.StringMap, error) {
	public := pulumi.StringMap{}
	if r == nil {
		return public, nil
	}
	for _, address := range r.Addresses {
		own := name + "-" + address.String()
		port, err := machine.NewPort(ctx, own, r.Attachment, address, opts...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		if !slices.Contains(r.Public, address) {
			continue
		}
		if public[address.String()], err = r.FloatingIP.Attach(ctx, own, port.ID(), opts...); err != nil {
			return nil, err
		}
	}
	return public, nil
}

func (a *MetalLBArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}, {"Pools", len(a.Pools) == 0},
		{"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(errs...)
}
