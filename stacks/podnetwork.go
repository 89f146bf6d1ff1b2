package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/calico"
	"slipway/components/cilium"
	"slipway/components/controlplane"
	"slipway/components/flannel"
	"slipway/internal/config"
)

// deployPodNetwork installs the network that pods talk over.
func deployPodNetwork(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane) (pulumi.Resource, error) {
	opts := []pulumi.ResourceOption{pulumi.Provider(provider), pulumi.DeletedWith(plane.DeletedWith())}
	switch cfg.Kubernetes.CNI {
	case config.CNICilium:
		args := ciliumArgs(cfg)
		args.Sources = on.sources.cilium
		return cilium.NewCilium(ctx, cfg.Cluster.Name+"-cilium", args, opts...)
	case config.CNICalico:
		return calico.NewCalico(ctx, cfg.Cluster.Name+"-calico", calicoArgs(cfg), opts...)
	}
	return flannel.NewFlannel(ctx, cfg.Cluster.Name+"-flannel", flannelArgs(cfg), opts...)
}

func flannelArgs(cfg *config.Config) *flannel.FlannelArgs {
	args := &flannel.FlannelArgs{
		PodCIDR:        cfg.Kubernetes.PodCIDR,
		Backend:        flannel.Backend(cfg.Kubernetes.Flannel.Backend),
		EnableNFTables: cfg.Kubernetes.Proxy.Mode == config.ProxyNFTables,
	}
	if cfg.Kubernetes.CNI == config.CNINeutronRoutes {
		args.Backend = flannel.Alloc
	}
	return args
}

func calicoArgs(cfg *config.Config) *calico.CalicoArgs {
	return &calico.CalicoArgs{PodCIDR: cfg.Kubernetes.PodCIDR, EnableNFTables: cfg.Kubernetes.Proxy.Mode == config.ProxyNFTables}
}

func ciliumArgs(cfg *config.Config) *cilium.CiliumArgs {
	args := &cilium.CiliumArgs{
		Kubernetes: cfg.Kubernetes.Version,
		PodCIDR:    cfg.Kubernetes.PodCIDR,
		Mode:       cilium.Mode(cfg.Kubernetes.Cilium.Mode),
		Operators:  1,
	}
	if len(cfg.ControlPlane.Nodes)+len(workerHosts(cfg)) > 1 {
		args.Operators = 2
	}
	return args
}
