package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/flannel"
	"slipway/internal/config"
)

// deployPodNetwork installs the network that pods talk over.
func deployPodNetwork(ctx *pulumi.Context, cfg *config.Config, provider pulumi.ProviderResource, plane *controlplane.ControlPlane) (pulumi.Resource, error) {
	backend := flannel.Backend(cfg.Kubernetes.Flannel.Backend)
	if cfg.Kubernetes.CNI == config.CNINeutronRoutes {
		backend = flannel.Alloc
	}
	return flannel.NewFlannel(ctx, cfg.Cluster.Name+"-flannel", &flannel.FlannelArgs{
		PodCIDR:        cfg.Kubernetes.PodCIDR,
		Backend:        backend,
		EnableNFTables: cfg.Kubernetes.Proxy.Mode == config.ProxyNFTables,
	}, pulumi.Provider(provider), pulumi.DeletedWith(plane.DeletedWith()))
}
