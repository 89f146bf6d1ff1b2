// Package cilium owns the Cilium pod network: an agent per node that gives its
// pods addresses, carries their packets to other nodes and enforces NetworkPolicy,
// from its chart. It needs an API server and a Kubernetes provider, which the stack
// hands it.
package cilium

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/release"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:Cilium"

// Mode is how packets of pods travel between nodes.
type Mode string

// The modes.
const (
	// VXLAN wraps them in UDP: any network carries that.
	VXLAN Mode = "vxlan"
	// Native routes them by the nodes' addresses: all nodes must share one subnet
	// whose ports let pod addresses pass.
	Native Mode = "native"
)

// maxOperators is one that works and one that takes over.
const maxOperators = 2

// CiliumArgs says which addresses pods get and how they reach each other.
type CiliumArgs struct {
	// Sources is the chart, as Get returns it. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// PodCIDR is the range of all pods, the one kubeadm was given. Required.
	PodCIDR netip.Prefix
	// Mode is VXLAN or Native. Required. In both, agents read the MTU from their
	// node's interface.
	Mode Mode
	// Operators is how many run: each on a node of its own, so 2 where there are as
	// many nodes, else 1. Required.
	Operators int
}

// Cilium is the pod network. It is complete when its agent runs on every node that
// the cluster has at that time; nodes that join later get theirs too.
type Cilium struct{ pulumi.ResourceState }

// NewCilium installs the pod network into the cluster of the Kubernetes provider
// in opts.
func NewCilium(ctx *pulumi.Context, name string, args *CiliumArgs, opts ...pulumi.ResourceOption) (*Cilium, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cilium %q: %w", name, err)
	}
	objects, err := args.objects()
	if err != nil {
		return nil, fmt.Errorf("cilium %q: %w", name, err)
	}
	c := &Cilium{}
	if err := ctx.RegisterComponentResource(typeToken, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering Cilium %q: %w", name, err)
	}
	if _, err := release.Install(ctx, name, release.Args{Objects: objects, Namespace: namespace}, pulumi.Parent(c)); err != nil {
		return nil, fmt.Errorf("installing Cilium %q: %w", name, err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

func (a *CiliumArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	if !a.PodCIDR.IsValid() || !a.PodCIDR.Addr().Is4() {
		errs = append(errs, fmt.Errorf("PodCIDR %v: must be an IPv4 range", a.PodCIDR))
	}
	if a.Mode != VXLAN && a.Mode != Native {
		errs = append(errs, fmt.Errorf("mode %q: must be %q or %q", a.Mode, VXLAN, Native))
	}
	if a.Operators < 1 || a.Operators > maxOperators {
		errs = append(errs, fmt.Errorf("%d operators: must be 1 or %d", a.Operators, maxOperators))
	}
	return errors.Join(errs...)
}
