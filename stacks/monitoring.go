package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/controlplane"
	"slipway/components/grafana"
	"slipway/components/monitoring"
	"slipway/internal/bootstrap"
	"slipway/internal/config"
)

// deployMonitoring watches the cluster. Its pods are waited for, so what they run
// on has to be there.
func deployMonitoring(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) (pulumi.Resource, error) {
	args := monitoringArgs(cfg)
	args.Sources, args.After = on.sources.monitor, after
	args.ControlPlane, args.DeletedWith = plane.Login(), plane.DeletedWith()
	args.VirtualAddress = on.api.Internal
	if len(cfg.Etcd.Nodes) > 0 {
		args.Etcd = on.plane.etcd.Addresses()
	}
	if p := cfg.Endpoint.Keepalived.Proxies; holdsAddress(cfg) && p != nil {
		args.Proxies = on.plane.proxies.Addresses()
	}
	return monitoring.NewMonitoring(ctx, cfg.Cluster.Name+"-monitoring", args, pulumi.Provider(provider))
}

func monitoringArgs(cfg *config.Config) *monitoring.MonitoringArgs {
	m := cfg.Monitoring
	args := &monitoring.MonitoringArgs{
		Kubernetes: cfg.Kubernetes.Version, Retention: m.Retention,
		Dashboards: m.Grafana.Enabled,
	}
	if m.Storage.SizeGB > 0 {
		args.Storage = &monitoring.Storage{Class: m.Storage.Class, Size: fmt.Sprintf("%dGi", m.Storage.SizeGB)}
	}
	if m.Alertmanager.Configuration != "" {
		args.Receivers = pulumi.ToSecret(pulumi.String(string(m.Alertmanager.Configuration))).(pulumi.StringOutput)
	}
	if holdsAddress(cfg) {
		args.ProxyPort = bootstrap.ProxyStatusPort
	}
	return args
}

// deployGrafana shows what Prometheus has collected.
func deployGrafana(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) error {
	_, err := grafana.NewGrafana(ctx, cfg.Cluster.Name+"-grafana", &grafana.GrafanaArgs{
		Sources: on.sources.grafana, Kubernetes: cfg.Kubernetes.Version,
		AdminPassword: pulumi.ToSecret(pulumi.String(string(cfg.Monitoring.Grafana.AdminPassword))).(pulumi.StringOutput),
		Namespace:     monitoring.Namespace, Prometheus: monitoring.Prometheus, Alertmanager: monitoring.Alertmanager,
		Loki: lokiURL(cfg), HAProxy: holdsAddress(cfg), Ceph: cfg.RookCeph.Enabled,
		After: after, DeletedWith: plane.DeletedWith(),
	}, pulumi.Provider(provider))
	return err
}
