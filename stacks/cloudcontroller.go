package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/cloudcontroller"
	"slipway/components/controlplane"
	"slipway/components/network"
	"slipway/components/workerpool"
	"slipway/internal/config"
)

// deployCloudController has the cluster talk to the cloud that it runs on. It
// depends on the API only, so it overlaps with the joins.
func deployCloudController(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, pools []*workerpool.WorkerPool) (pulumi.Resource, error) {
	args := cloudControllerArgs(cfg, on.cloud, on.network)
	args.ControlPlane, args.DeletedWith = plane.Login(), plane.DeletedWith()
	args.Joined = slices.Clone(plane.Joined)
	for host := range plane.Nodes {
		args.Nodes = append(args.Nodes, host)
	}
	for _, pool := range pools {
		args.Joined = append(args.Joined, pool)
	}
	args.Nodes = append(args.Nodes, workerHosts(cfg)...)
	return cloudcontroller.NewCloudController(ctx, cfg.Cluster.Name+"-cloud-controller", args, pulumi.Provider(provider))
}

func cloudControllerArgs(cfg *config.Config, in *cloud, net *network.Network) *cloudcontroller.CloudControllerArgs {
	args := &cloudcontroller.CloudControllerArgs{
		Cluster: cfg.Cluster.Name,
		Login:   login(cfg, in, cfg.CredentialRoles(in.facts.Roles), cfg.CloudController.CredentialGeneration),
	}
	if cfg.CloudController.LoadBalancers {
		args.LoadBalancers = &cloudcontroller.LoadBalancers{SubnetID: net.SubnetID, FloatingNetworkID: in.network}
	}
	if cfg.Kubernetes.CNI == config.CNINeutronRoutes {
		args.Routes = &cloudcontroller.Routes{RouterID: net.RouterID, PodCIDR: cfg.Kubernetes.PodCIDR}
	}
	return args
}
