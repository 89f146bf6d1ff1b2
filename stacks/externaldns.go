package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/externaldns"
	"slipway/internal/config"
)

// deployExternalDNS has names of the cluster written into the cloud's DNS. It looks
// at what the ingress brings, so that has to be there, and goes later.
func deployExternalDNS(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) error {
	args := externalDNSArgs(cfg, on.cloud)
	args.After, args.ControlPlane, args.DeletedWith = after, plane.Login(), plane.DeletedWith()
	_, err := externaldns.NewExternalDNS(ctx, cfg.Cluster.Name+"-external-dns", args, pulumi.Provider(provider))
	return err
}

func externalDNSArgs(cfg *config.Config, in *cloud) *externaldns.ExternalDNSArgs {
	d := cfg.ExternalDNS
	return &externaldns.ExternalDNSArgs{
		Cluster: cfg.Cluster.Name, Login: login(cfg, in, config.MemberRoles(in.facts.Roles), d.CredentialGeneration),
		Zones: d.Zones, KeepRecords: d.Policy == config.DNSUpsertOnly, Gateways: cfg.Ingress.Enabled,
	}
}
