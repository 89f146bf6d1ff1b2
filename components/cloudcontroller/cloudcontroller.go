// Package cloudcontroller owns what has a cluster talk to the OpenStack that it
// runs on: the cloud controller manager and the credential that it logs in with.
// It needs an API server and a Kubernetes provider, which the stack hands it.
package cloudcontroller

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/cloudlogin"
	"slipway/internal/machine"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:CloudController"

// CloudControllerArgs says which cloud it is and what is wanted of it.
type CloudControllerArgs struct {
	// Cluster names what the controller makes in the cloud. Required.
	Cluster string
	// Login is how the controller logs in to the cloud. Required.
	Login cloudlogin.Login
	// LoadBalancers says where Services of type LoadBalancer get theirs. Optional: nowhere.
	LoadBalancers *LoadBalancers
	// Routes says which router has the routes to the nodes' pods. Optional: none has.
	Routes *Routes
	// ControlPlane leads into a control-plane node. Required, secret.
	ControlPlane machine.Login
	// Nodes are the names of the nodes that the controller has to tell about. Required.
	Nodes []string
	// Joined are there when the nodes are members of the cluster. They go after
	// what the controller made in the cloud. Required.
	Joined []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// LoadBalancers says where load balancers of Services are.
type LoadBalancers struct {
	// SubnetID is the nodes' subnet. Required.
	SubnetID pulumi.StringInput
	// FloatingNetworkID is the network of their floating IPs. Required.
	FloatingNetworkID string
}

// Routes says where the routes to the nodes' pods are.
type Routes struct {
	// RouterID is the router of the nodes' subnet. Required.
	RouterID pulumi.StringInput
	// PodCIDR is the range of all pods: routes to other ranges are not the
	// cluster's. Required.
	PodCIDR netip.Prefix
}

// CloudController is there when every node has what the cloud knows of it.
type CloudController struct {
	pulumi.ResourceState

	// CredentialID is the application credential that the cluster logs in with.
	CredentialID pulumi.StringOutput
}

// NewCloudController installs the controller into the cluster of the Kubernetes
// provider in opts. What it made in the cloud goes before it does.
func NewCloudController(ctx *pulumi.Context, name string, args *CloudControllerArgs, opts ...pulumi.ResourceOption) (*CloudController, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cloud controller %q: %w", name, err)
	}
	c := &CloudController{}
	if err := ctx.RegisterComponentResource(typeToken, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering cloud controller %q: %w", name, err)
	}
	parent := pulumi.Parent(c)
	credential, err := args.Login.NewCredential(ctx, name, "Cloud controller manager of the cluster "+args.Cluster, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the credential of cloud controller %q: %w", name, err)
	}
	c.CredentialID = credential.ID().ToStringOutput()
	daemon, err := args.install(ctx, name, credential, parent, pulumi.DeletedWith(args.DeletedWith))
	if err != nil {
		return nil, fmt.Errorf("installing cloud controller %q: %w", name, err)
	}
	if err := args.follow(ctx, name, daemon, parent); err != nil {
		return nil, fmt.Errorf("waiting for cloud controller %q: %w", name, err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"credentialId": c.CredentialID})
}

// follow waits until the controller has told about all nodes, and has what it made
// in the cloud taken away before it goes, and before any node does.
func (a *CloudControllerArgs) follow(ctx *pulumi.Context, name string, daemon pulumi.Resource, parent pulumi.ResourceOption) error {
	after := pulumi.DependsOn(append([]pulumi.Resource{daemon}, a.Joined...))
	nodes := slices.Sorted(slices.Values(a.Nodes))
	wait := bootstrap.Command(bootstrap.WaitCloud)
	if a.Routes != nil {
		wait += " routes"
	}
	_, err := machine.Run(ctx, name, a.ControlPlane, machine.Step{
		Name:    string(bootstrap.WaitCloud),
		Command: wait,
		Stdin:   pulumi.String(strings.Join(nodes, "\n") + "\n"),
	}, parent, after, pulumi.DeletedWith(a.DeletedWith))
	if err != nil || a.LoadBalancers == nil {
		return err
	}
	// A step of its own, whose inputs stay the same: it would be undone, too, when
	// it is only replaced.
	_, err = machine.Run(ctx, name, a.ControlPlane, machine.Step{
		Name:    "balancers",
		Command: "sudo -n true",
		Delete:  bootstrap.Command(bootstrap.ReleaseBalancers),
	}, parent, after)
	return err
}

func (a *CloudControllerArgs) validate() error {
	var errs []error
	for what, missing := range map[string]bool{
		"Cluster": a.Cluster == "", "Nodes": len(a.Nodes) == 0, "Joined": len(a.Joined) == 0, "DeletedWith": a.DeletedWith == nil,
	} {
		if missing {
			errs = append(errs, fmt.Errorf("%s is required", what))
		}
	}
	if a.Routes != nil && !a.Routes.PodCIDR.IsValid() {
		errs = append(errs, errors.New("Routes.PodCIDR is required"))
	}
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errors.Join(append(errs, a.Login.Validate())...)
}
