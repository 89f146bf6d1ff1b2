package stacks

import (
	"fmt"
	"strings"
	"testing"

	"slipway/internal/kubeadm"
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

// The API server trusts the cluster's authority, at that address.
func TestKeystoneAuthShowsACertificate(t *testing.T) {
	settings := shipped(t, "dev")
	settings["slipway:keystoneAuth"] = `{"enabled": true, "roles": {"member": "view"}}`
	recorded := mustRun(t, "dev", settings)
	address, _, _ := recorded.Get(t, "tls:index/certRequest:CertRequest", "dev-keystone-auth-request").Input("ipAddresses[0]")
	authority, _, _ := recorded.Get(t, "tls:index/selfSignedCert:SelfSignedCert", "dev-pki-ca-cert").Input("isCaCertificate")
	uses, _, _ := recorded.Get(t, "tls:index/locallySignedCert:LocallySignedCert", "dev-keystone-auth-cert").Input("allowedUses")
	if address.StringValue() != kubeadm.TokenWebhookAddress || !authority.BoolValue() || !strings.Contains(fmt.Sprint(uses), "server_auth") {
		t.Errorf("it is for %v, to be used as %v", address, uses)
	}
	recorded.AssertNoPlainSecrets(t)
}

// Nothing of it is there, and API servers are told of nobody, unless it is wanted.
func TestWithoutKeystoneAuth(t *testing.T) {
	recorded := mustRun(t, "dev", shipped(t, "dev"))
	for _, r := range recorded.Resources {
		if strings.Contains(r.Name, "keystone") {
			t.Errorf("there is %s %s", r.Type, r.Name)
		}
	}
}
