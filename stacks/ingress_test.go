package stacks

import (
	"strings"
	"testing"
)

// Who gives Traefik's Service an address has to be there before it, and goes later.
func TestIngressComesAfterMetalLB(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:metalLB"] = metalLB
	settings["slipway:ingress"] = `{"enabled": true}`
	recorded := mustRun(t, "dev", settings)
	controller := recorded.Get(t, "kubernetes:apps/v1:Deployment", "dev-metallb-deployment-metallb-controller").URN
	for kind, name := range map[string]string{"apps/v1:Deployment": "dev-ingress-deployment-traefik", "core/v1:Service": "dev-ingress-service-traefik"} {
		if after := recorded.Get(t, "kubernetes:"+kind, name).DependsOn; !strings.Contains(strings.Join(after, " "), controller) {
			t.Errorf("%s does not wait for MetalLB", name)
		}
	}
}
