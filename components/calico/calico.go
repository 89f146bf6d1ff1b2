// Package calico owns the Calico pod network: a daemon per node that gives its pods
// addresses, carries their packets to other nodes and enforces NetworkPolicy. It
// needs an API server and a Kubernetes provider, which the stack hands it.
package calico

import (
	"errors"
	"fmt"
	"net/netip"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/objectmeta"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:Calico"

// namespace is where upstream's manifests have it, and people look for it.
const namespace = "kube-system"

// CalicoArgs says which addresses pods get.
type CalicoArgs struct {
	// PodCIDR is the range of all pods, the one kubeadm was given. Required.
	PodCIDR netip.Prefix
	// EnableNFTables filters and masquerades with nftables instead of iptables: as
	// kube-proxy does. Optional.
	EnableNFTables bool
}

// Calico is the pod network. It is complete when its daemon runs on every node that
// the cluster has at that time; nodes that join later get theirs too. Daemons read the
// MTU from their node's interface.
type Calico struct{ pulumi.ResourceState }

// NewCalico installs the pod network into the cluster of the Kubernetes provider in
// opts.
func NewCalico(ctx *pulumi.Context, name string, args *CalicoArgs, opts ...pulumi.ResourceOption) (*Calico, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if !args.PodCIDR.IsValid() || !args.PodCIDR.Addr().Is4() {
		return nil, fmt.Errorf("calico %q: PodCIDR %v: must be an IPv4 range", name, args.PodCIDR)
	}
	conf, err := cniConfig()
	if err != nil {
		return nil, fmt.Errorf("rendering the configuration of calico %q: %w", name, err)
	}
	c := &Calico{}
	if err := ctx.RegisterComponentResource(typeToken, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering calico %q: %w", name, err)
	}
	kinds, err := defineKinds(ctx, name, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("defining the kinds of calico %q: %w", name, err)
	}
	allowed, err := createAccounts(ctx, name, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("creating the accounts of calico %q: %w", name, err)
	}
	daemon, err := args.createDaemon(ctx, name, conf, pulumi.Parent(c), pulumi.DependsOn(append(kinds, allowed...)))
	if err != nil {
		return nil, fmt.Errorf("creating the daemon of calico %q: %w", name, err)
	}
	// Its pod gets its address from the daemon of its node.
	if err := createController(ctx, name, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{daemon})); err != nil {
		return nil, fmt.Errorf("creating the controller of calico %q: %w", name, err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

func labels(app string) pulumi.StringMap { return pulumi.StringMap{"k8s-app": pulumi.String(app)} }

// named is the metadata of an object of the namespace.
func named(app string) metav1.ObjectMetaArgs {
	return objectmeta.In(pulumi.String(namespace), app, labels(app))
}
