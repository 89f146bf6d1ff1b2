package stacks

import (
	"strings"
	"testing"

	"slipway/internal/nodetest"
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

// At the API's virtual address HAProxy brings requests to node ports of control
// planes, for whom it is told.
func TestIngressAtTheVirtualAddress(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "prod")
	settings["slipway:ingress"] = `{"enabled": true, "type": "keepalived", "access": ["192.0.2.0/24"]}`
	recorded := mustRun(t, "prod", settings)
	text := nodetest.Files(t, recorded, "prod-cp1")["proxy/haproxy.cfg"]
	if text == "" {
		text = nodetest.Files(t, recorded, "prod-cp1")["etc/proxy/haproxy.cfg"]
	}
	if !strings.Contains(text, "bind *:80\n") || strings.Contains(text, "bind *:443\n") || strings.Count(text, ":30080\n") != 3 {
		t.Errorf("HAProxy has\n%s", text)
	}
	recorded.Get(t, "openstack:networking/secGroupRule:SecGroupRule", "prod-proxy-published-80-192.0.2.0-24")
	recorded.Get(t, "openstack:networking/secGroupRule:SecGroupRule", "prod-controlplane-published-30080")
}
