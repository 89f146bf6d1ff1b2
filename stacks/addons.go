package stacks

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/workerpool"
	"slipway/internal/config"
)

// deployAddOns installs into the cluster what it is configured to have, and returns
// what its nodes are not ready without.
func deployAddOns(ctx *pulumi.Context, cfg *config.Config, on *ground, plane *controlplane.ControlPlane, pools []*workerpool.WorkerPool) ([]pulumi.Resource, error) {
	// Unknown until the API has answered once: until then the provider previews
	// its resources without asking anybody.
	provider, err := kubernetes.NewProvider(ctx, cfg.Cluster.Name+"-kubernetes", &kubernetes.ProviderArgs{
		Kubeconfig: plane.ReadyKubeconfig.ToStringPtrOutput(),
	}, pulumi.DeletedWith(plane.DeletedWith()))
	if err != nil {
		return nil, fmt.Errorf("creating the Kubernetes provider: %w", err)
	}
	pods, err := deployPodNetwork(ctx, cfg, on, provider, plane)
	if err != nil {
		return nil, err
	}
	needed := []pulumi.Resource{pods}
	if cfg.CloudController.Enabled {
		controller, err := deployCloudController(ctx, cfg, on, provider, plane, pools)
		if err != nil {
			return nil, err
		}
		needed = append(needed, controller)
	}
	after := slices.Concat(needed, plane.Joined)
	for _, pool := range pools {
		after = append(after, pool)
	}
	if err := deployStorageAndMonitoring(ctx, cfg, on, provider, plane, pools, after); err != nil {
		return nil, err
	}
	if err := deployServiceAccess(ctx, cfg, on, provider, plane, after); err != nil {
		return nil, err
	}
	if cfg.KeystoneAuth.Enabled {
		if err := deployKeystoneAuth(ctx, cfg, on, provider, plane); err != nil {
			return nil, err
		}
	}
	return needed, nil
}

// deployStorageAndMonitoring makes volumes, and what keeps metrics and logs in them.
func deployStorageAndMonitoring(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, pools []*workerpool.WorkerPool, after []pulumi.Resource) error {
	var volumes []pulumi.Resource // what has to be there for claims
	if cfg.CinderCSI.Enabled {
		driver, err := deployCinderCSI(ctx, cfg, on, provider, plane, after)
		if err != nil {
			return err
		}
		volumes = append(volumes, driver)
	}
	var watching []pulumi.Resource // what has to be there for kinds of Prometheus' operator
	if cfg.Monitoring.Enabled {
		watcher, err := deployMonitoring(ctx, cfg, on, provider, plane, slices.Concat(after, volumes))
		if err != nil {
			return err
		}
		watching = append(watching, watcher)
	}
	if cfg.Monitoring.Grafana.Enabled {
		if err := deployGrafana(ctx, cfg, on, provider, plane, slices.Concat(after, watching)); err != nil {
			return err
		}
	}
	if cfg.RookCeph.Enabled { // after monitoring, whose kinds tell Prometheus of Ceph
		storage, err := deployRookCeph(ctx, cfg, on, provider, plane, pools, slices.Concat(after, watching))
		if err != nil {
			return err
		}
		volumes = append(volumes, storage)
	}
	if cfg.Logging.Enabled { // after all that makes volumes
		if err := deployLogging(ctx, cfg, on, provider, plane, slices.Concat(after, volumes, watching)); err != nil {
			return err
		}
	}
	return nil
}

// deployServiceAccess gives Services addresses, host names and certificates.
func deployServiceAccess(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) error {
	if cfg.MetalLB.Enabled {
		addresses, err := deployMetalLB(ctx, cfg, on, provider, plane, after)
		if err != nil {
			return err
		}
		after = append(after, addresses)
	}
	if cfg.Ingress.Enabled {
		traefik, err := deployIngress(ctx, cfg, on, provider, plane, after)
		if err != nil {
			return err
		}
		after = append(after, traefik)
	}
	if cfg.ExternalDNS.Enabled {
		if err := deployExternalDNS(ctx, cfg, on, provider, plane, after); err != nil {
			return err
		}
	}
	if cfg.CertManager.Enabled {
		if err := deployCertManager(ctx, cfg, on, provider, plane, after); err != nil {
			return err
		}
	}
	return nil
}
