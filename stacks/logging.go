package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/elastic"
	"slipway/components/loki"
	"slipway/internal/config"
)

// deployLogging keeps what pods write. Its pods are waited for, so what they run on
// has to be there.
func deployLogging(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) error {
	if cfg.Logging.Type == config.LoggingElasticsearch {
		args := elasticArgs(cfg)
		args.Sources, args.After = on.sources.eck, after
		args.ControlPlane, args.DeletedWith = plane.Login(), plane.DeletedWith()
		_, err := elastic.NewElastic(ctx, cfg.Cluster.Name+"-elastic", args, pulumi.Provider(provider))
		return err
	}
	args := lokiArgs(cfg)
	args.Sources, args.After, args.DeletedWith = on.sources.loki, after, plane.DeletedWith()
	_, err := loki.NewLoki(ctx, cfg.Cluster.Name+"-loki", args, pulumi.Provider(provider))
	return err
}

func lokiArgs(cfg *config.Config) *loki.LokiArgs {
	l := cfg.Logging
	args := &loki.LokiArgs{
		Kubernetes: cfg.Kubernetes.Version, RetentionDays: l.RetentionDays(),
		ExternalCollector: l.ExternalCollector, Monitored: cfg.Monitoring.Enabled,
	}
	if l.Storage.SizeGB > 0 {
		args.Storage = &loki.Storage{Class: l.Storage.Class, Size: fmt.Sprintf("%dGi", l.Storage.SizeGB)}
	}
	return args
}

func elasticArgs(cfg *config.Config) *elastic.ElasticArgs {
	l := cfg.Logging
	return &elastic.ElasticArgs{
		Kubernetes: cfg.Kubernetes.Version, RetentionDays: l.RetentionDays(),
		Nodes: l.Elasticsearch.Nodes, MemoryMB: l.Elasticsearch.MemoryMB,
		Storage:           elastic.Storage{Class: l.Storage.Class, Size: fmt.Sprintf("%dGi", l.Storage.SizeGB)},
		ExternalCollector: l.ExternalCollector, Monitored: cfg.Monitoring.Enabled,
	}
}

// lokiURL is where Grafana asks for logs; empty if Loki does not keep them.
func lokiURL(cfg *config.Config) string {
	if cfg.Logging.Keeps(config.LoggingLoki) {
		return loki.URL
	}
	return ""
}
