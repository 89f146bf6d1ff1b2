package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/keystoneauth"
	"slipway/internal/config"
	"slipway/internal/kubeadm"
)

// deployKeystoneAuth lets people log in with their identity in the cloud. Its pods
// are waited for, so the control planes that they run on have to be there.
func deployKeystoneAuth(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane) error {
	name := cfg.Cluster.Name + "-keystone-auth"
	args := keystoneAuthArgs(cfg, on.cloud)
	cert, key, err := plane.ServingCertificate(ctx, name, "keystone-auth", kubeadm.TokenWebhookAddress)
	if err != nil {
		return err
	}
	args.Certificate, args.Key = cert, key
	// The only control plane of a cluster starts its API server anew for it.
	args.After, args.DeletedWith = append(slices.Clone(plane.Joined), plane.Settled), plane.DeletedWith()
	_, err = keystoneauth.NewKeystoneAuth(ctx, name, args, pulumi.Provider(provider))
	return err
}

func keystoneAuthArgs(cfg *config.Config, in *cloud) *keystoneauth.KeystoneAuthArgs {
	args := &keystoneauth.KeystoneAuthArgs{
		AuthURL: in.facts.Identity, CACertificate: cfg.OpenStack.CACertificate,
		ProjectIDs: cfg.KeystoneAuth.Projects, Roles: cfg.KeystoneAuth.Roles,
	}
	if len(args.ProjectIDs) == 0 {
		args.ProjectIDs = []string{in.facts.ProjectID}
	}
	return args
}
