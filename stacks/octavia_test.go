package stacks

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/internal/golden"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const catalogueToken = "openstack:identity/getAuthScope:getAuthScope"

// loadBalanced is a stack of three control planes behind a load balancer.
func loadBalanced(t *testing.T, stack, provider string) map[string]string {
	t.Helper()
	settings := shipped(t, stack)
	mutate(t, settings, "slipway:controlPlane", func(plane map[string]any) {
		plane["nodes"] = map[string]any{"cp1": nil, "cp2": nil, "cp3": nil}
	})
	mutate(t, settings, "slipway:endpoint", func(endpoint map[string]any) {
		endpoint["type"], endpoint["octavia"] = "octavia", map[string]any{"provider": provider}
		delete(endpoint, "keepalived")
	})
	return settings
}

func TestGraphBehindALoadBalancer(t *testing.T) {
	recorded := mustRun(t, "prod", loadBalanced(t, "prod", ""))
	golden.Assert(t, "octavia.txt", recorded.Graph())
	recorded.AssertParented(t)
	recorded.AssertNames(t, "prod")
	recorded.AssertOutputsRegistered(t)
}

// Nodes reach the API at the load balancer's private address, clients at its floating IP.
func TestAddressesOfALoadBalancer(t *testing.T) {
	recorded := mustRun(t, "prod", loadBalanced(t, "prod", ""))
	inside := recorded.Get(t, "openstack:loadbalancer/loadBalancer:LoadBalancer", "prod-endpoint-balancer").Outputs["vipAddress"].StringValue()
	for host, line := range map[string]string{
		"prod-cp1":        "controlPlaneEndpoint: " + inside + ":6443\n",
		"prod-cp2":        "apiServerEndpoint: " + inside + ":6443\n",
		"prod-default-w1": "apiServerEndpoint: " + inside + ":6443\n",
	} {
		var rendered string
		for _, content := range nodetest.Files(t, recorded, host) {
			rendered += content
		}
		if !strings.Contains(rendered, line) {
			t.Errorf("no file of %s says %q", host, line)
		}
	}
	outside := recorded.Get(t, "openstack:networking/floatingIp:FloatingIp", "prod-endpoint-address").Outputs["address"].StringValue()
	if got, want := output(recorded, "apiEndpoint"), "https://"+outside+":6443"; got != want {
		t.Errorf("apiEndpoint = %v, want %s", got, want)
	}
}

// Who may connect is decided in one place: at the listener, or at the API
// servers when it is there that clients' addresses are seen.
func TestAccessBehindALoadBalancer(t *testing.T) {
	outside := []string{"192.0.2.0/24", "198.51.100.0/24"}
	for provider, want := range map[string]struct{ listener, rules []string }{
		"":    {append([]string{"10.0.0.0/16"}, outside...), []string{"10.0.0.0/16"}},
		"ovn": {nil, append([]string{"10.0.0.0/16"}, outside...)},
	} {
		t.Run(provider, func(t *testing.T) {
			recorded := mustRun(t, "prod", loadBalanced(t, "prod", provider))
			listener := recorded.Get(t, "openstack:loadbalancer/listener:Listener", "prod-endpoint-listener")
			var allowed, rules []string
			if v, _, ok := listener.Input("allowedCidrs"); ok {
				for _, cidr := range v.ArrayValue() {
					allowed = append(allowed, cidr.StringValue())
				}
			}
			for _, r := range recorded.ByType("openstack:networking/secGroupRule:SecGroupRule") {
				if v, _, ok := r.Input("remoteIpPrefix"); ok && strings.HasPrefix(r.Name, "prod-controlplane-") {
					rules = append(rules, v.StringValue())
				}
			}
			slices.Sort(rules)
			if diff := cmp.Diff(want.listener, allowed); diff != "" {
				t.Errorf("the listener's ranges (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want.rules, rules); diff != "" {
				t.Errorf("the API servers' ranges (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCloudWithoutLoadBalancers(t *testing.T) {
	none := pulumitest.Invoke(catalogueToken, func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{"id": "scope", "serviceCatalogs": []any{map[string]any{"type": "network"}}}), nil
	})
	got := refuse(t, loadBalanced(t, "dev", ""), none)
	if !strings.Contains(got, `slipway:endpoint.type: Invalid value: "octavia": needs load balancers, which this cloud does not offer`) {
		t.Errorf("refused with %q", got)
	}
}
