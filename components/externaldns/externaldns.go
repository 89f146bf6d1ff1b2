// Package externaldns owns how names of what runs in a cluster get into the DNS of
// OpenStack: ExternalDNS, what has it write to Designate, and the credential that
// this logs in with. It needs an API server and a Kubernetes provider, which the
// stack hands it.
package externaldns

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/cloudlogin"
	"slipway/internal/machine"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:ExternalDNS"

// ExternalDNSArgs says which names are written where.
type ExternalDNSArgs struct {
	// Cluster is noted beside each record: what others made stays as it is. Required.
	Cluster string
	// Login is how it logs in to the cloud. Required.
	Login cloudlogin.Login
	// Zones are the names of Designate's zones, without the last dot. Required.
	Zones []string
	// KeepRecords leaves the records of what is gone. Optional: they go, too.
	KeepRecords bool
	// Gateways says that the cluster has the kinds of the Gateway API. Optional.
	Gateways bool
	// ControlPlane leads into a control-plane node. Required, secret.
	ControlPlane machine.Login
	// After are the nodes, their pod network, and what has the kinds of the Gateway
	// API, without which the pod would not get ready. Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// ExternalDNS is there when its pod is ready.
type ExternalDNS struct {
	pulumi.ResourceState

	// CredentialID is the application credential that it logs in with.
	CredentialID pulumi.StringOutput
}

// NewExternalDNS installs it into the cluster of the Kubernetes provider in opts. Its
// records go before it does, unless they are kept.
func NewExternalDNS(ctx *pulumi.Context, name string, args *ExternalDNSArgs, opts ...pulumi.ResourceOption) (*ExternalDNS, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("external DNS %q: %w", name, err)
	}
	d := &ExternalDNS{}
	if err := ctx.RegisterComponentResource(typeToken, name, d, opts...); err != nil {
		return nil, fmt.Errorf("registering external DNS %q: %w", name, err)
	}
	parent := pulumi.Parent(d)
	credential, err := args.Login.NewCredential(ctx, name, "ExternalDNS of the cluster "+args.Cluster, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the credential of external DNS %q: %w", name, err)
	}
	d.CredentialID = credential.ID().ToStringOutput()
	installed, err := args.install(ctx, name, credential, parent, pulumi.DeletedWith(args.DeletedWith))
	if err != nil {
		return nil, fmt.Errorf("installing external DNS %q: %w", name, err)
	}
	// A step of its own, whose inputs stay the same: it would be undone, too, when it
	// is only replaced. Whether records are kept is for the cluster to know.
	_, err = machine.Run(ctx, name, args.ControlPlane, machine.Step{
		Name:    "records",
		Command: bootstrap.Command(bootstrap.ReleaseRecords) + " back",
		Delete:  bootstrap.Command(bootstrap.ReleaseRecords),
	}, parent, pulumi.DependsOn(installed))
	if err != nil {
		return nil, fmt.Errorf("watching over the records of external DNS %q: %w", name, err)
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"credentialId": d.CredentialID})
}

func (a *ExternalDNSArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Cluster", a.Cluster == ""}, {"Zones", len(a.Zones) == 0}, {"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(append(errs, a.Login.Validate())...)
}
