package stacks

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/cindercsi"
	"slipway/components/controlplane"
	"slipway/internal/artifacts"
	"slipway/internal/config"
)

// cinderSources is a variable for tests, which have no network.
var cinderSources = cindercsi.Get

// getCharts fetches what add-ons are made of: what cannot be had is said before
// anything is made.
func getCharts(ctx context.Context, cfg *config.Config) (*cindercsi.Sources, error) {
	if !cfg.CinderCSI.Enabled {
		return nil, nil
	}
	sources, err := cinderSources(ctx, artifacts.Source(cfg.Artifacts), chartsFolder())
	if err != nil {
		return nil, fmt.Errorf("slipway:cinderCSI: %w", err)
	}
	return sources, nil
}

// deployCinderCSI gives claims of the cluster volumes of the cloud. Its pods are
// waited for, so what they run on has to be there.
func deployCinderCSI(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) (pulumi.Resource, error) {
	args := cinderCSIArgs(cfg, on.cloud)
	args.Sources, args.ControlPlane, args.DeletedWith = on.cinder, plane.Login(), plane.DeletedWith()
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

// chartsFolder keeps charts from run to run; empty where there is no such folder.
func chartsFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "slipway", "charts")
}
