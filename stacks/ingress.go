package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/ingress"
	"slipway/components/network"
	"slipway/components/vip"
	"slipway/internal/bootstrap"
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
		NodePorts:  throughProxies(cfg),
		Announced:  cfg.MetalLB.Enabled && !throughProxies(cfg),
		TLS:        map[string]string{},

		PublicAddress: cfg.Ingress.PublicAddress,
	}
	for host := range cfg.Ingress.TLS {
		args.TLS[host] = certificateName(host)
	}
	if cfg.Ingress.Address.IsValid() {
		args.Address = cfg.Ingress.Address.String()
	}
	return args
}

// throughProxies says whether the proxies of the API bring requests to Traefik.
func throughProxies(cfg *config.Config) bool {
	return cfg.Ingress.Enabled && cfg.Ingress.Type == config.IngressKeepalived
}

// published are the ports at which they do.
func published(cfg *config.Config) []vip.Published {
	if !throughProxies(cfg) {
		return nil
	}
	all := []vip.Published{{Name: "http", Port: config.HTTPPort, NodePort: ingress.HTTPNodePort}}
	if len(cfg.Ingress.TLS) > 0 {
		all = append(all, vip.Published{Name: "https", Port: config.HTTPSPort, NodePort: ingress.HTTPSNodePort})
	}
	return all
}

// proxyPorts are where the machines listen that hold the API's virtual address.
func proxyPorts(cfg *config.Config) *network.ProxyPorts {
	ports := &network.ProxyPorts{API: cfg.Endpoint.Port, Status: bootstrap.ProxyStatusPort, PublishedAccess: cfg.Ingress.Access}
	for _, p := range published(cfg) {
		ports.Published, ports.NodePorts = append(ports.Published, p.Port), append(ports.NodePorts, p.NodePort)
	}
	return ports
}
