package stacks

import (
	"strings"
	"testing"
)

// It looks at HTTPRoutes, whose kind comes with the ingress; without one it would
// not start if it did.
func TestExternalDNSLooksAtWhatThereIs(t *testing.T) {
	haveSources(t)
	for _, ingress := range []bool{false, true} {
		settings := shipped(t, "dev")
		settings["slipway:externalDNS"] = `{"enabled": true, "zones": ["apps.test"]}`
		if ingress {
			settings["slipway:metalLB"] = `{"enabled": true, "pools": {"one": {"addresses": ["10.0.0.240/30"]}}}`
			settings["slipway:ingress"] = `{"enabled": true}`
		}
		recorded := mustRun(t, "dev", settings)
		deployment := recorded.Get(t, "kubernetes:apps/v1:Deployment", "dev-external-dns-deployment")
		args, _, _ := deployment.Input("spec.template.spec.containers[0].args")
		var flags []string
		for _, flag := range args.ArrayValue() {
			flags = append(flags, flag.StringValue())
		}
		if strings.Contains(strings.Join(flags, " "), "--source=gateway-httproute") != ingress {
			t.Errorf("with the ingress %v, it runs with %q", ingress, flags)
		}
		if !ingress {
			continue
		}
		if gateways := recorded.Get(t, "kubernetes:apps/v1:Deployment", "dev-ingress-deployment-traefik").URN; !strings.Contains(strings.Join(deployment.DependsOn, " "), gateways) {
			t.Error("it does not wait for the kinds that it looks at")
		}
	}
}
