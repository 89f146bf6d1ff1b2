package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/network"
	"slipway/components/readiness"
	"slipway/components/workerpool"
	"slipway/internal/config"
	"slipway/internal/node"
)

// ground is what a cluster stands on: machines, and the address of its API,
// wherever they come from.
type ground struct {
	settings node.Settings
	plane    plane
	api      *reached
	// workers says what the nodes of a pool are made from.
	workers func(pool string) *workerpool.WorkerPoolArgs
	// after is what nothing works before.
	after []pulumi.Resource
	// cloud and network are set if OpenStack made all that.
	cloud   *cloud
	network *network.Network
	// sources are what add-ons are made of.
	sources *sources
}

// deployCluster tells how one cluster comes to be, top to bottom.
func deployCluster(ctx *pulumi.Context, cfg *config.Config, on *ground) error {
	name := cfg.Cluster.Name
	plane, err := controlplane.NewControlPlane(ctx, name, controlPlaneArgs(cfg, on), pulumi.DependsOn(on.after))
	if err != nil {
		return err
	}
	pools, err := deployWorkers(ctx, cfg, on, plane) // they prepare beside the control plane; only their join waits
	if err != nil {
		return err
	}
	addOns, err := deployAddOns(ctx, cfg, on, plane, pools) // needs the API only, so it overlaps with the joins
	if err != nil {
		return err
	}
	if _, err := readiness.NewReadiness(ctx, name+"-ready", readinessArgs(plane, pools), readyAfter(addOns, plane, pools)); err != nil {
		return err
	}
	export(ctx, cfg, on.api, plane, pools)
	return nil
}

func deployWorkers(ctx *pulumi.Context, cfg *config.Config, on *ground, plane *controlplane.ControlPlane) ([]*workerpool.WorkerPool, error) {
	var pools []*workerpool.WorkerPool
	for _, pool := range sortedKeys(cfg.WorkerPools) {
		args := workerPoolArgs(cfg, on, pool, plane)
		p, err := workerpool.NewWorkerPool(ctx, cfg.Cluster.Name+"-"+pool, args, pulumi.DependsOn(on.after))
		if err != nil {
			return nil, err
		}
		pools = append(pools, p)
	}
	return pools, nil
}

// readyAfter lists what must be there before it makes sense to wait for nodes.
func readyAfter(addOns []pulumi.Resource, plane *controlplane.ControlPlane, pools []*workerpool.WorkerPool) pulumi.ResourceOption {
	after := slices.Concat(addOns, plane.Joined)
	for _, p := range pools {
		after = append(after, p)
	}
	return pulumi.DependsOn(after)
}
