package grafana

import (
	"encoding/json"
	"fmt"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"slipway/internal/charts"
)

// board is a dashboard of what no chart has one for.
type board struct {
	name, title string
	panels      []panel
}

// panel is a graph of one question to Prometheus.
type panel struct{ title, unit, legend, expr string }

func (a *GrafanaArgs) dashboards() []board {
	var all []board
	if a.HAProxy {
		all = append(all, haproxy())
	}
	if a.Ceph {
		all = append(all, ceph())
	}
	return all
}

// haproxy shows the way that clients take to the API servers:
// https://docs.haproxy.org/3.0/management.html#9.3
func haproxy() board {
	return board{"haproxy", "HAProxy: the Kubernetes API", []panel{
		{"API servers that a proxy reaches", units.Short, "{{node}}", `sum by (node) (haproxy_server_status{job="haproxy", proxy="api-servers", state="UP"})`},
		{"Proxies that answer", units.Short, "{{node}}", `up{job="haproxy"}`},
		{"Connections", units.Short, "{{node}}", `sum by (node) (haproxy_frontend_current_sessions{job="haproxy", proxy="api"})`},
		{"New connections", units.RequestsPerSecond, "{{server}}", `sum by (server) (rate(haproxy_server_sessions_total{job="haproxy", proxy="api-servers"}[5m]))`},
		{"From clients", units.BytesPerSecondSI, "{{node}}", `sum by (node) (rate(haproxy_frontend_bytes_in_total{job="haproxy", proxy="api"}[5m]))`},
		{"To clients", units.BytesPerSecondSI, "{{node}}", `sum by (node) (rate(haproxy_frontend_bytes_out_total{job="haproxy", proxy="api"}[5m]))`},
		{"Connections that failed", units.RequestsPerSecond, "{{server}}", `sum by (server) (rate(haproxy_server_connection_errors_total{job="haproxy", proxy="api-servers"}[5m]))`},
		{"Checks that failed", units.RequestsPerSecond, "{{server}} from {{node}}", `sum by (server, node) (rate(haproxy_server_check_failures_total{job="haproxy", proxy="api-servers"}[5m]))`},
	}}
}

// ceph shows how much is stored, and how well:
// https://docs.ceph.com/en/latest/monitoring/
func ceph() board {
	return board{"ceph", "Ceph", []panel{
		{"Health: 0 is well, 1 a warning, 2 an error", units.Short, "health", "max(ceph_health_status)"},
		{"Monitors in the quorum", units.Short, "{{ceph_daemon}}", "ceph_mon_quorum_status"},
		{"Disks that are up", units.Short, "up", "sum(ceph_osd_up)"},
		{"Disks that hold data", units.Short, "in", "sum(ceph_osd_in)"},
		{"Used", units.BytesIEC, "used", "sum(ceph_cluster_total_used_bytes)"},
		{"Used, of all", units.PercentUnit, "used", "sum(ceph_cluster_total_used_bytes) / sum(ceph_cluster_total_bytes)"},
		{"Read", units.BytesPerSecondIEC, "{{name}}", "rate(ceph_pool_rd_bytes[5m]) * on (pool_id) group_left (name) ceph_pool_metadata"},
		{"Written", units.BytesPerSecondIEC, "{{name}}", "rate(ceph_pool_wr_bytes[5m]) * on (pool_id) group_left (name) ceph_pool_metadata"},
		{"Placement groups that are not clean", units.Short, "groups", "sum(ceph_pg_total) - sum(ceph_pg_clean)"},
		{"Writes take", units.Milliseconds, "{{ceph_daemon}}", "ceph_osd_commit_latency_ms"},
	}}
}

// object is the ConfigMap that Grafana takes a dashboard from.
func (b board) object(namespace string) (charts.Object, error) {
	built, err := b.build()
	if err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", b.name, err)
	}
	text, err := json.MarshalIndent(built, "", " ")
	if err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", b.name, err)
	}
	return charts.Object{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "slipway-" + b.name, "namespace": namespace, "labels": map[string]any{dashboardLabel: "1"}},
		"data":     map[string]any{b.name + ".json": string(text)},
	}, nil
}

// build uses the model that Grafana takes from files. The SDK calls it deprecated for
// one that its API takes.
//
//lint:ignore SA1019 see above
func (b board) build() (sdk.Dashboard, error) {
	source := sdk.DataSourceRef{Type: new("prometheus"), Uid: new(prometheusUID)}
	//lint:ignore SA1019 see above
	builder := sdk.NewDashboardBuilder(b.title).Uid("slipway-"+b.name).Tags([]string{"slipway"}).Refresh("1m").Time("now-3h", "now").Readonly()
	for _, p := range b.panels {
		query := prometheus.NewDataqueryBuilder().Expr(p.expr).LegendFormat(p.legend)
		builder = builder.WithPanel(timeseries.NewPanelBuilder().Title(p.title).Unit(p.unit).Min(0).Datasource(source).WithTarget(query))
	}
	return builder.Build()
}
