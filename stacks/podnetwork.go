package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/flannel"
	"slipway/internal/config"
)

// deployPodNetwork installs the network that pods talk over.
func deployPodNetwork(ctx *pulumi.Context, cfg *config.Config, plane *controlplane.ControlPlane) (pulumi.Resource, error) {
	// Unknown until the API has answered once: until then the provider previews
	// its resources without asking anybody.
	provider, err := kubernetes.NewProvider(ctx, cfg.Cluster.Name+"-kubernetes", &kubernetes.ProviderArgs{
		Kubeconfig: plane.ReadyKubeconfig.ToStringPtrOutput(),
	}, pulumi.DeletedWith(plane.DeletedWith()))
	if err != nil {
		return nil, fmt.Errorf("creating the Kubernetes provider: %w", err)
	}
	return flannel.NewFlannel(ctx, cfg.Cluster.Name+"-flannel", &flannel.FlannelArgs{
		PodCIDR:        cfg.Kubernetes.PodCIDR,
		Backend:        flannel.Backend(cfg.Kubernetes.Flannel.Backend),
		EnableNFTables: cfg.Kubernetes.Proxy.Mode == config.ProxyNFTables,
	}, pulumi.Provider(provider), pulumi.DeletedWith(plane.DeletedWith()))
}
