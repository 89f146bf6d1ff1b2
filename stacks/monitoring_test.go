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

// etcd and proxies on machines of their own are watched, too.
func TestMonitoringOfMachinesThatAreNoNodes(t *testing.T) {
	haveSources(t)
	settings := map[string]string{}
	for key, value := range readStackFile(t, "../examples/ha-everything-apart.yaml") {
		settings[key] = encode(t, value)
	}
	settings["slipway:monitoring"] = `{"enabled": true}`
	recorded := mustRun(t, "dev", settings)
	for job, want := range map[string]int{"kube-etcd": 3, "haproxy": 2} {
		for _, r := range recorded.ByType("kubernetes:monitoring.coreos.com/v1alpha1:ScrapeConfig") {
			if !strings.HasSuffix(r.Name, "-scrapeconfig-"+job) {
				continue
			}
			targets, _, _ := r.Input("spec.staticConfigs")
			if n := len(targets.ArrayValue()); n != want {
				t.Errorf("%s has %d targets, want %d", job, n, want)
			}
			want = 0
		}
		if want != 0 {
			t.Errorf("%s is not asked", job)
		}
	}
}
