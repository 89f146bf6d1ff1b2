package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/bastion"
	"slipway/components/controlplane"
	"slipway/components/network"
	"slipway/components/readiness"
	"slipway/components/sshkey"
	"slipway/components/workerpool"
	"slipway/internal/config"
	"slipway/internal/node"
)

// deployCluster tells how one cluster comes to be, top to bottom.
func deployCluster(ctx *pulumi.Context, cfg *config.Config, in *cloud) error {
	name := cfg.Cluster.Name

	net, err := network.NewNetwork(ctx, name, networkArgs(cfg, in))
	if err != nil {
		return err
	}
	// Nothing in the network works before its router and its rules do.
	afterNetwork := pulumi.DependsOn([]pulumi.Resource{net})

	key, err := sshkey.NewSSHKey(ctx, name+"-ssh")
	if err != nil {
		return err
	}
	jump, err := bastion.NewBastion(ctx, cfg.BastionHost(), bastionArgs(cfg, in, net, key), afterNetwork)
	if err != nil {
		return err
	}
	// The addresses of the control plane exist before its servers: endpoint and
	// certificates need them.
	machines, err := reservePlane(ctx, cfg, in, net, afterNetwork)
	if err != nil {
		return err
	}
	api, err := deployEndpoint(ctx, cfg, net, machines, afterNetwork)
	if err != nil {
		return err
	}
	shared := settings(cfg, key, jump)
	plane, err := controlplane.NewControlPlane(ctx, name, controlPlaneArgs(cfg, shared, machines, api), afterNetwork)
	if err != nil {
		return err
	}
	pools, err := deployWorkers(ctx, cfg, in, shared, net, plane) // they boot and prepare beside the control plane; only their join waits
	if err != nil {
		return err
	}
	pods, err := deployPodNetwork(ctx, cfg, plane) // needs the API only, so it overlaps with the joins
	if err != nil {
		return err
	}
	if _, err := readiness.NewReadiness(ctx, name+"-ready", readinessArgs(plane, pools), readyAfter(pods, plane, pools)); err != nil {
		return err
	}
	export(ctx, cfg, jump, api, plane, pools)
	return nil
}

func deployWorkers(ctx *pulumi.Context, cfg *config.Config, in *cloud, shared node.Settings, net *network.Network, plane *controlplane.ControlPlane) ([]*workerpool.WorkerPool, error) {
	var pools []*workerpool.WorkerPool
	for _, pool := range sortedKeys(cfg.WorkerPools) {
		args := workerPoolArgs(cfg, in, shared, net, pool, plane)
		p, err := workerpool.NewWorkerPool(ctx, cfg.Cluster.Name+"-"+pool, args, pulumi.DependsOn([]pulumi.Resource{net}))
		if err != nil {
			return nil, err
		}
		pools = append(pools, p)
	}
	return pools, nil
}

// readyAfter lists what must be there before it makes sense to wait for nodes.
func readyAfter(pods pulumi.Resource, plane *controlplane.ControlPlane, pools []*workerpool.WorkerPool) pulumi.ResourceOption {
	after := []pulumi.Resource{pods, plane}
	for _, p := range pools {
		after = append(after, p)
	}
	return pulumi.DependsOn(after)
}
