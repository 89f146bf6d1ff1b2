package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/rookceph"
	"slipway/components/workerpool"
	"slipway/internal/config"
)

// deployRookCeph gives the cluster storage of its own. Its pods are waited for, so
// what they run on has to be there.
func deployRookCeph(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, pools []*workerpool.WorkerPool, after []pulumi.Resource) (pulumi.Resource, error) {
	args := rookCephArgs(cfg)
	args.Sources, args.ControlPlane, args.DeletedWith = on.sources.rookCeph, plane.Login(), plane.DeletedWith()
	args.Nodes, args.After = storageNodes(cfg, pools), after
	return rookceph.NewRookCeph(ctx, cfg.Cluster.Name+"-rook-ceph", args, pulumi.Provider(provider))
}

func rookCephArgs(cfg *config.Config) *rookceph.RookCephArgs {
	r := cfg.RookCeph
	args := &rookceph.RookCephArgs{
		Kubernetes:    cfg.Kubernetes.Version,
		FailureDomain: string(r.FailureDomain),
		OSDMemoryMB:   r.OSDMemoryMB,
		Block:         cephPool(r.Block),
		Filesystem:    cephPool(r.Filesystem),
		ExternalCSI:   r.ExternalCSI,
		DeleteData:    r.DeleteData,
		Monitored:     cfg.Monitoring.Enabled,
	}
	if o := r.ObjectStore; o != nil {
		args.ObjectStore = &rookceph.ObjectStore{Replicas: o.Replicas, Gateways: o.Gateways}
	}
	return args
}

func cephPool(p *config.CephPool) *rookceph.Pool {
	if p == nil {
		return nil
	}
	return &rookceph.Pool{Replicas: p.Replicas, Default: p.Default, Retain: p.ReclaimPolicy == config.ReclaimRetain}
}

// storageNodes are the nodes that have disks for Ceph: volumes of the cloud, or
// those that a machine has by itself.
func storageNodes(cfg *config.Config, pools []*workerpool.WorkerPool) map[string]rookceph.StorageNode {
	nodes := map[string]rookceph.StorageNode{}
	for _, s := range cfg.StorageNodes() {
		n := rookceph.StorageNode{Disks: pulumi.ToStringArray(s.Disks)}
		for _, pool := range pools {
			if made, ok := pool.Nodes[s.Host]; ok {
				n.Login = made.Login
				n.Disks = append(n.Disks, made.Disks...)
			}
		}
		for _, t := range cfg.WorkerPools[s.Pool].Taints {
			n.Taints = append(n.Taints, rookceph.Taint(t))
		}
		nodes[s.Host] = n
	}
	return nodes
}
