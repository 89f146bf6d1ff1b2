package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/ingress"
	"slipway/internal/config"
)

// deployIngress has requests find Services by host names. Its own Service is waited
// for, so who gives it an address has to be there, and goes later.
func deployIngress(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) (*ingress.Ingress, error) {
	args := ingressArgs(cfg)
	args.Sources, args.DeletedWith, args.After = on.sources.ingress, plane.DeletedWith(), after
	return ingress.NewIngress(ctx, cfg.Cluster.Name+"-ingress", args, pulumi.Provider(provider))
}

func ingressArgs(cfg *config.Config) *ingress.IngressArgs {
	args := &ingress.IngressArgs{
		Kubernetes: cfg.Kubernetes.Version,
		Replicas:   cfg.Ingress.Replicas,
		Announced:  cfg.MetalLB.Enabled,
		TLS:        map[string]string{},
	}
	for host := range cfg.Ingress.TLS {
		args.TLS[host] = certificateName(host)
	}
	if cfg.Ingress.Address.IsValid() {
		args.Address = cfg.Ingress.Address.String()
	}
	return args
}
