package stacks

import (
	"strings"
	"testing"
)

// Switching it on has the API server start anew. With one control plane nothing
// may talk to it meanwhile.
// Regression: its bindings failed while the only API server was away.
func TestKeystoneAuthComesAfterTheAPIServers(t *testing.T) {
	settings := shipped(t, "dev")
	settings["slipway:keystoneAuth"] = `{"enabled": true, "roles": {"member": "view"}}`
	recorded := mustRun(t, "dev", settings)
	settled := recorded.Get(t, "command:remote:Command", "dev-cp1-settings").URN
	reencrypted := recorded.Get(t, "command:remote:Command", "dev-cp1-reencrypt")
	if !strings.Contains(strings.Join(reencrypted.DependsOn, " "), settled) {
		t.Error("the last step of the control plane does not come after its settings")
	}
	for _, r := range recorded.Resources {
		if r.Custom && strings.HasPrefix(r.Type, "kubernetes:") && strings.HasPrefix(r.Name, "dev-keystone-auth-") && !strings.Contains(strings.Join(r.DependsOn, " "), reencrypted.URN) {
			t.Errorf("%s %s does not wait for the API servers", r.Type, r.Name)
		}
	}
	config, _, _ := recorded.Get(t, "kubernetes:core/v1:ConfigMap", "dev-keystone-auth-config").Input(`data["settings.json"]`)
	for _, want := range []string{`"url": "http://keystone.one/v3"`, `"project-id": true`} {
		if !strings.Contains(config.StringValue(), want) {
			t.Errorf("the settings have no %s:\n%s", want, config.StringValue())
		}
	}
}
