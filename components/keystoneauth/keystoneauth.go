// Package keystoneauth owns what lets people log in to the cluster with their
// identity in OpenStack: on each control plane a server that its API server asks
// about tokens, and the rights that roles in the project give. It needs an API
// server and a Kubernetes provider, which the stack hands it.
package keystoneauth

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:KeystoneAuth"

// KeystoneAuthArgs says whose tokens are good, and for what.
type KeystoneAuthArgs struct {
	// AuthURL is Keystone's: https://keystone.example.com/v3. Required.
	AuthURL string
	// CACertificate is the authority of Keystone's certificate, in PEM. Optional:
	// one that every system knows.
	CACertificate string
	// ProjectIDs are the projects whose tokens are good. Required.
	ProjectIDs []string
	// Roles map roles in these projects to the ClusterRoles that they give. Required.
	Roles map[string]string
	// Certificate and Key are what the server shows the API server: of the
	// cluster's authority, for kubeadm.TokenWebhookAddress. Required, the key is secret.
	Certificate, Key pulumi.StringInput
	// After are the control planes, without which the server's pods would not get
	// ready, and their API servers, told of it. Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// KeystoneAuth is there when the server of every control plane answers.
type KeystoneAuth struct {
	pulumi.ResourceState
}

// NewKeystoneAuth installs the server into the cluster of the Kubernetes provider
// in opts. The API servers have to be told of it: kubeadm.Cluster.TokenWebhook.
func NewKeystoneAuth(ctx *pulumi.Context, name string, args *KeystoneAuthArgs, opts ...pulumi.ResourceOption) (*KeystoneAuth, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("logins by Keystone %q: %w", name, err)
	}
	files, err := args.files()
	if err != nil {
		return nil, fmt.Errorf("logins by Keystone %q: %w", name, err)
	}
	k := &KeystoneAuth{}
	if err := ctx.RegisterComponentResource(typeToken, name, k, opts...); err != nil {
		return nil, fmt.Errorf("registering logins by Keystone %q: %w", name, err)
	}
	inside := []pulumi.ResourceOption{pulumi.Parent(k), pulumi.DeletedWith(args.DeletedWith), pulumi.DependsOn(args.After)}
	if err := args.bind(ctx, name, inside...); err != nil {
		return nil, fmt.Errorf("binding the roles of logins by Keystone %q: %w", name, err)
	}
	if err := args.install(ctx, name, files, inside...); err != nil {
		return nil, fmt.Errorf("installing logins by Keystone %q: %w", name, err)
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{})
}

func (a *KeystoneAuthArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"AuthURL", a.AuthURL == ""}, {"ProjectIDs", len(a.ProjectIDs) == 0}, {"Roles", len(a.Roles) == 0},
		{"Certificate", a.Certificate == nil}, {"Key", a.Key == nil}, {"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(errs...)
}
