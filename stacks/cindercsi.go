package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/cindercsi"
	"slipway/components/controlplane"
	"slipway/internal/config"
)

// deployCinderCSI gives claims of the cluster volumes of the cloud. Its pods are
// waited for, so what they run on has to be there.
func deployCinderCSI(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) (pulumi.Resource, error) {
	args := cinderCSIArgs(cfg, on.cloud)
	args.Sources, args.ControlPlane, args.DeletedWith = on.sources.cinder, plane.Login(), plane.DeletedWith()
	args.After = after
	return cindercsi.NewCinderCSI(ctx, cfg.Cluster.Name+"-cinder-csi", args, pulumi.Provider(provider))
}

func cinderCSIArgs(cfg *config.Config, in *cloud) *cindercsi.CinderCSIArgs {
	args := &cindercsi.CinderCSIArgs{
		Cluster:        cfg.Cluster.Name,
		Login:          login(cfg, in, config.MemberRoles(in.facts.Roles), cfg.CinderCSI.CredentialGeneration),
		Kubernetes:     cfg.Kubernetes.Version,
		IgnoreZones:    cfg.CinderCSI.IgnoreZones,
		StorageClasses: map[string]cindercsi.StorageClass{},
	}
	for name, class := range cfg.CinderCSI.StorageClasses {
		args.StorageClasses[name] = cindercsi.StorageClass{
			VolumeType: class.VolumeType, Default: class.Default,
			Retain: class.ReclaimPolicy == config.ReclaimRetain, Filesystem: string(class.Filesystem),
		}
	}
	return args
}
