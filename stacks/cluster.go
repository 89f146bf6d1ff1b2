package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/bastion"
	"slipway/components/controlplane"
	"slipway/components/endpoint"
	"slipway/components/network"
	"slipway/components/readiness"
	"slipway/components/sshkey"
	"slipway/components/workerpool"
	"slipway/internal/config"
)

// deployCluster tells how one cluster comes to be, top to bottom.
func deployCluster(ctx *pulumi.Context, cfg *config.Config, in *cloud) error {
	name := cfg.Cluster.Name

	net, err := network.NewNetwork(ctx, name, networkArgs(cfg, in))
	if err != nil {
		return err
	}
	key, err := sshkey.NewSSHKey(ctx, name+"-ssh")
	if err != nil {
		return err
	}
	jump, err := bastion.NewBastion(ctx, name+"-bastion", bastionArgs(cfg, in, net, key), pulumi.DependsOn([]pulumi.Resource{net}))
	if err != nil {
		return err
	}
	// The addresses of the control plane exist before its servers: endpoint and
	// certificates need them.
	ports, err := controlplane.NewPorts(ctx, name, portsArgs(cfg, net), pulumi.DependsOn([]pulumi.Resource{net}))
	if err != nil {
		return err
	}
	api, err := endpoint.NewDirect(ctx, name+"-endpoint", endpointArgs(cfg, ports), pulumi.DependsOn([]pulumi.Resource{net}))
	if err != nil {
		return err
	}
	nodes := nodeArgs(cfg, net, key, jump)
	plane, err := controlplane.NewControlPlane(ctx, name, controlPlaneArgs(cfg, in, nodes, ports, api.Endpoint), pulumi.DependsOn([]pulumi.Resource{net}))
	if err != nil {
		return err
	}
	var pools []*workerpool.WorkerPool
	for _, pool := range sortedKeys(cfg.WorkerPools) {
		// Workers boot and prepare beside the control plane; only their join waits for it.
		p, err := workerpool.NewWorkerPool(ctx, name+"-"+pool, workerPoolArgs(cfg, in, nodes, pool, plane), pulumi.DependsOn([]pulumi.Resource{net}))
		if err != nil {
			return err
		}
		pools = append(pools, p)
	}
	cni, err := deployPodNetwork(ctx, cfg, plane) // needs the API only, so it overlaps with the joins
	if err != nil {
		return err
	}
	ready, err := readiness.NewReadiness(ctx, name+"-ready", readinessArgs(cfg, plane, pools, cni))
	if err != nil {
		return err
	}
	return export(ctx, cfg, net, jump, api, plane, pools, ready)
}
