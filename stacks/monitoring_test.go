package stacks

import (
	"strings"
	"testing"
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
