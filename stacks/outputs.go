package stacks

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/certmanager"
	"slipway/components/cilium"
	"slipway/components/cindercsi"
	"slipway/components/controlplane"
	"slipway/components/elastic"
	"slipway/components/grafana"
	"slipway/components/ingress"
	"slipway/components/loki"
	"slipway/components/metallb"
	"slipway/components/monitoring"
	"slipway/components/rookceph"
	"slipway/components/workerpool"
	"slipway/internal/artifacts"
	"slipway/internal/config"
)

// outputsVersion is that of the outputs. It rises when one changes its meaning or goes.
const outputsVersion = 1

// export registers what people and other stacks need to use the cluster.
func export(ctx *pulumi.Context, cfg *config.Config, api *reached, plane *controlplane.ControlPlane, pools []*workerpool.WorkerPool) {
	ctx.Export("apiEndpoint", pulumi.Sprintf("https://%s:%d", api.External, api.Port))
	ctx.Export("version", pulumi.Int(outputsVersion))
	ctx.Export("kubeconfig", plane.Kubeconfig)
	ctx.Export("certificateAuthority", plane.CertificateAuthority)
	nodes := pulumi.StringMap{}
	maps.Copy(nodes, plane.Addresses)
	for _, pool := range pools {
		maps.Copy(nodes, pool.Addresses)
	}
	ctx.Export("nodeAddresses", nodes)
	files, images := needed(cfg)
	ctx.Export("files", pulumi.ToStringArray(files))
	ctx.Export("images", pulumi.ToStringArray(images))
}

// exportFlavors says what each flavor has, which only the cloud knows: previews tell
// with it what a change costs.
func exportFlavors(ctx *pulumi.Context, flavors map[string]config.Flavor) {
	sizes := pulumi.Map{}
	for name, f := range flavors {
		sizes[name] = pulumi.Map{"vcpus": pulumi.Int(f.VCPUs), "ramMB": pulumi.Int(f.RAMMB)}
	}
	ctx.Export("flavors", sizes)
}

// needed lists every file and image that this configuration takes from
// upstream or from the mirror: what an air-gapped mirror has to hold.
func needed(cfg *config.Config) (files, images []string) {
	for _, f := range artifacts.Files(cfg.Kubernetes.Version, arch) {
		files = append(files, "https://"+f.Key)
	}
	// A control plane runs all that a worker does.
	images = artifacts.Images(cfg.Kubernetes.Version, artifacts.CNI(cfg.Kubernetes.CNI), artifacts.ControlPlane)
	if cfg.CloudController.Enabled {
		images = append(images, artifacts.CloudControllerImage())
	}
	for _, addOn := range []struct {
		enabled      bool
		keys, images []string
	}{
		{cfg.Kubernetes.CNI == config.CNICilium, cilium.Keys(), nil}, // images are among those of nodes
		{cfg.CinderCSI.Enabled, cindercsi.Keys(), artifacts.CinderCSIImages()},
		{cfg.Monitoring.Enabled, monitoring.Keys(), artifacts.MonitoringImages()},
		{cfg.Monitoring.Grafana.Enabled, grafana.Keys(), artifacts.GrafanaImages()},
		{cfg.MetalLB.Enabled, metallb.Keys(), artifacts.MetalLBImages()},
		{cfg.Ingress.Enabled, ingress.Keys(), artifacts.IngressImages()},
		{cfg.RookCeph.Enabled, rookceph.Keys(), artifacts.RookCephImages(rookCephArgs(cfg).Drives())},
		{cfg.Logging.Keeps(config.LoggingLoki), loki.Keys(), artifacts.LokiImages(!cfg.Logging.ExternalCollector)},
		{cfg.Logging.Keeps(config.LoggingElasticsearch), elastic.Keys(), artifacts.ElasticImages(!cfg.Logging.ExternalCollector)},
		{cfg.ExternalDNS.Enabled, nil, artifacts.ExternalDNSImages()},
		{cfg.CertManager.Enabled, certmanager.Keys(), artifacts.CertManagerImages(cfg.CertManager.UsesDNS01())},
	} {
		if !addOn.enabled {
			continue
		}
		for _, key := range addOn.keys {
			files = append(files, "https://"+key)
		}
		images = append(images, addOn.images...)
	}
	if cfg.KeystoneAuth.Enabled {
		images = append(images, artifacts.KeystoneAuthImage())
	}
	return files, images
}
