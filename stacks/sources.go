package stacks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"slipway/components/certmanager"
	"slipway/components/cilium"
	"slipway/components/cindercsi"
	"slipway/components/elastic"
	"slipway/components/grafana"
	"slipway/components/ingress"
	"slipway/components/loki"
	"slipway/components/metallb"
	"slipway/components/monitoring"
	"slipway/components/rookceph"
	"slipway/internal/artifacts"
	"slipway/internal/config"
)

// sources are what the add-ons of a cluster are made of: charts and manifests.
type sources struct {
	cilium   *cilium.Sources
	cinder   *cindercsi.Sources
	metalLB  *metallb.Sources
	monitor  *monitoring.Sources
	grafana  *grafana.Sources
	ingress  *ingress.Sources
	certs    *certmanager.Sources
	rookCeph *rookceph.Sources
	loki     *loki.Sources
	eck      *elastic.Sources
}

// getter fetches what one add-on is made of.
type getter[T any] func(context.Context, artifacts.Source, string) (*T, error)

// The getters are variables for tests, which have no network.
var (
	getCilium    getter[cilium.Sources]      = cilium.Get
	getCinderCSI getter[cindercsi.Sources]   = cindercsi.Get
	getMetalLB   getter[metallb.Sources]     = metallb.Get
	getMonitor   getter[monitoring.Sources]  = monitoring.Get
	getGrafana   getter[grafana.Sources]     = grafana.Get
	getIngress   getter[ingress.Sources]     = ingress.Get
	getCerts     getter[certmanager.Sources] = certmanager.Get
	getRookCeph  getter[rookceph.Sources]    = rookceph.Get
	getLoki      getter[loki.Sources]        = loki.Get
	getECK       getter[elastic.Sources]     = elastic.Get
)

// getSources fetches what add-ons are made of: what cannot be had is said before
// anything is made, all of it.
func getSources(ctx context.Context, cfg *config.Config) (*sources, error) {
	s := &sources{}
	return s, errors.Join(
		fetch(ctx, cfg, &s.cilium, cfg.Kubernetes.CNI == config.CNICilium, "kubernetes.cni", getCilium),
		fetch(ctx, cfg, &s.cinder, cfg.CinderCSI.Enabled, "cinderCSI", getCinderCSI),
		fetch(ctx, cfg, &s.metalLB, cfg.MetalLB.Enabled, "metalLB", getMetalLB),
		fetch(ctx, cfg, &s.monitor, cfg.Monitoring.Enabled, "monitoring", getMonitor),
		fetch(ctx, cfg, &s.grafana, cfg.Monitoring.Grafana.Enabled, "monitoring.grafana", getGrafana),
		fetch(ctx, cfg, &s.ingress, cfg.Ingress.Enabled, "ingress", getIngress),
		fetch(ctx, cfg, &s.certs, cfg.CertManager.Enabled, "certManager", getCerts),
		fetch(ctx, cfg, &s.rookCeph, cfg.RookCeph.Enabled, "rookCeph", getRookCeph),
		fetch(ctx, cfg, &s.loki, cfg.Logging.Keeps(config.LoggingLoki), "logging", getLoki),
		fetch(ctx, cfg, &s.eck, cfg.Logging.Keeps(config.LoggingElasticsearch), "logging", getECK),
	)
}

// fetch gets the sources of one add-on if it is wanted; key is its own in the
// configuration.
func fetch[T any](ctx context.Context, cfg *config.Config, into **T, wanted bool, key string, get getter[T]) (err error) {
	if !wanted {
		return nil
	}
	if *into, err = get(ctx, artifacts.Source(cfg.Artifacts), chartsFolder()); err != nil {
		return fmt.Errorf("slipway:%s: %w", key, err)
	}
	return nil
}

// chartsFolder keeps charts from run to run; empty where there is no such folder.
func chartsFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "slipway", "charts")
}
