package monitoring

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/charts"
)

// runbooks is where alerts send people.
const runbooks = "docs/runbooks/"

// virtualAddress stands in expressions for the address that control planes hold.
const virtualAddress = "VIRTUAL-ADDRESS"

// alert is what no chart tells of.
type alert struct{ name, expr, wait, severity, summary string }

// alerts are about the way that clients take to the API servers. Who holds the
// address is asked of the nodes themselves, not of Keepalived: what counts is the
// address. That Keepalived runs is known from its questions to HAProxy, one a second.
var alerts = []alert{
	{"HAProxyDown", `up{job="haproxy"} == 0`, "5m", "warning",
		"HAProxy on {{ $labels.node }} does not answer: the API's address has one holder less to go to."},
	{"KeepalivedSilent", `rate(haproxy_backend_http_requests_total{job="haproxy", proxy="keepalived"}[5m]) == 0`, "5m", "warning",
		"Keepalived on {{ $labels.node }} asks HAProxy nothing, so it does not run: the API's address has one holder less to go to."},
	{"APIServerOutOfHAProxy", `max by (server) (haproxy_server_status{job="haproxy", proxy="api-servers", state="UP"}) == 0`, "5m", "warning",
		"No HAProxy reaches the API server {{ $labels.server }}."},
	{"ServicesOutOfHAProxy", `max by (proxy) (haproxy_server_status{job="haproxy", proxy=~"https?-nodes", state="UP"}) == 0`, "2m", "critical",
		"No HAProxy reaches Traefik on any control plane: nobody answers for Services at the virtual address."},
	{"VirtualAddressLost", `absent(node_network_address_info{address="` + virtualAddress + `"})`, "2m", "critical",
		"No node holds " + virtualAddress + ": clients do not reach the API."},
	{"VirtualAddressTwice", `count(node_network_address_info{address="` + virtualAddress + `"}) > 1`, "2m", "critical",
		"{{ $value }} nodes hold " + virtualAddress + ": Keepalived does not hear its neighbours."},
}

// rules has Prometheus judge the alerts, without an address those that are not
// about it.
func rules(address pulumi.StringInput) charts.Object {
	var all []any
	for _, a := range alerts {
		if address == nil && strings.Contains(a.expr, virtualAddress) {
			continue
		}
		all = append(all, a.rule(func(text string) any {
			if !strings.Contains(text, virtualAddress) {
				return text
			}
			return pulumi.Sprintf(strings.ReplaceAll(text, virtualAddress, "%s"), address)
		}))
	}
	return custom("v1", "PrometheusRule", "haproxy", map[string]any{"groups": []any{map[string]any{"name": "haproxy", "rules": all}}})
}

// rule is the alert as Prometheus reads it, with its texts passed through set.
func (a alert) rule(set func(string) any) map[string]any {
	return map[string]any{
		"alert": a.name, "expr": set(a.expr), "for": a.wait, "labels": map[string]any{"severity": a.severity},
		"annotations": map[string]any{"summary": set(a.summary), "runbook_url": runbooks + "api-endpoint.md"},
	}
}
