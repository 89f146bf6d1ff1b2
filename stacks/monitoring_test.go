package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Who is told has passwords in it. Prometheus's claim wants what makes volumes.
func TestMonitoring(t *testing.T) {
	haveSources(t)
	const password = "the-password-of-a-receiver"
	settings := shipped(t, "dev")
	settings["slipway:cinderCSI"] = `{"enabled": true, "ignoreZones": true}`
	settings["slipway:monitoring"] = `{"enabled": true, "storage": {"sizeGB": 20}, "alertmanager": {"configuration": "route: {receiver: mail}\nreceivers: [{name: mail, some: ` + password + `}]"}}`
	recorded := mustRun(t, "dev", settings)
	recorded.AssertNoPlainSecrets(t, password)
	operator := recorded.Get(t, "kubernetes:apps/v1:Deployment", "dev-monitoring-deployment-monitoring-operator")
	for _, before := range []string{
		recorded.Get(t, "command:remote:Command", "dev-cinder-csi-volumes").URN,
		recorded.Get(t, "command:remote:Command", "dev-default-w1-join").URN,
	} {
		if !strings.Contains(strings.Join(operator.DependsOn, " "), before) {
			t.Errorf("it does not wait for %s", before)
		}
	}
	recorded.Get(t, "openstack:networking/secGroupRule:SecGroupRule", "dev-node-node-exporter")
}

// Grafana comes after what it shows, with a dashboard of the proxies if there are any.
func TestGrafana(t *testing.T) {
	haveSources(t)
	const password = "the-password-of-admin"
	settings := shipped(t, "dev")
	settings["slipway:endpoint"] = `{"type": "keepalived", "floatingIP": true}`
	settings["slipway:monitoring"] = `{"enabled": true, "grafana": {"enabled": true, "adminPassword": "` + password + `"}}`
	recorded := mustRun(t, "dev", settings)
	recorded.AssertNoPlainSecrets(t, password)
	shows := recorded.Get(t, "kubernetes:apps/v1:Deployment", "dev-grafana-deployment-grafana")
	if available := recorded.Get(t, "command:remote:Command", "dev-monitoring-available").URN; !strings.Contains(strings.Join(shows.DependsOn, " "), available) {
		t.Errorf("it does not wait for %s", available)
	}
	recorded.Get(t, "kubernetes:core/v1:ConfigMap", "dev-grafana-configmap-slipway-haproxy")
	for _, list := range []resource.PropertyKey{"files", "images"} {
		if text := fmt.Sprint(output(recorded, list)); !strings.Contains(text, "grafana") {
			t.Errorf("%s has no Grafana: %s", list, text)
		}
	}
}
