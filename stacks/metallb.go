package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/metallb"
	"slipway/components/network"
	"slipway/internal/config"
	"slipway/internal/machine"
)

// deployMetalLB gives Services addresses. Its pods are waited for, so what they
// run on has to be there.
func deployMetalLB(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) (*metallb.MetalLB, error) {
	args := metalLBArgs(cfg)
	args.Sources, args.DeletedWith, args.After = on.sources.metalLB, plane.DeletedWith(), after
	if on.network != nil {
		args.Reserve = &metallb.Reservation{
			Attachment: attachment(cfg, on.network), Addresses: cfg.MetalLB.Addresses(), Public: cfg.MetalLB.PublicAddresses(),
			FloatingIP: machine.FloatingIP{Network: cfg.OpenStack.ExternalNetwork, Description: "Services of cluster " + cfg.Cluster.Name, Tags: tags(cfg)},
		}
	}
	m, err := metallb.NewMetalLB(ctx, cfg.Cluster.Name+"-metallb", args, pulumi.Provider(provider))
	if err == nil && args.Reserve != nil {
		ctx.Export("serviceAddresses", m.Public)
	}
	return m, err
}

func metalLBArgs(cfg *config.Config) *metallb.MetalLBArgs {
	args := &metallb.MetalLBArgs{
		Kubernetes:     cfg.Kubernetes.Version,
		Pools:          map[string]metallb.Pool{},
		OnControlPlane: len(cfg.WorkerPools) == 0,
	}
	for name, p := range cfg.MetalLB.Pools {
		pool := metallb.Pool{OnRequest: p.OnRequest}
		for _, r := range p.Addresses {
			pool.Ranges = append(pool.Ranges, r.IPRange.String()) // MetalLB knows no single address
		}
		args.Pools[name] = pool
	}
	return args
}

// announced says who may reach addresses of Services that nodes answer for.
func announced(cfg *config.Config) *network.AnnouncedServices {
	if !cfg.MetalLB.Enabled {
		return nil
	}
	services := &network.AnnouncedServices{}
	for _, a := range cfg.MetalLB.Access {
		services.Access = append(services.Access, network.ServiceAccess{Protocol: string(a.Protocol), Ports: a.Ports, From: a.From})
	}
	return services
}

// announcing lets a node send from addresses of Services.
func announcing(cfg *config.Config, at machine.Attachment) machine.Attachment {
	at.AddressPairs = append(at.AddressPairs, cfg.MetalLB.AddressPairs()...)
	return at
}
