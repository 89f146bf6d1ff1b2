package config

import (
	"strings"
	"testing"
)

func TestCloudController(t *testing.T) {
	const octavialess = `slipway:cloudController.loadBalancers: Invalid value: true: needs load balancers, which this cloud does not offer (openstack catalog list)`
	without := facts()
	without.LoadBalancers = false
	reader := facts()
	reader.Roles, reader.Identity = []string{"reader"}, ""
	tests := map[string]struct {
		value, version string
		cloud          CloudFacts
		want           string
	}{
		"off":                  {"{}", "v1.37.0", without, ""},
		"on":                   {"{enabled: true}", "v1.36.3", without, ""},
		"load balancers":       {"{enabled: true, loadBalancers: true}", "v1.36.3", facts(), ""},
		"no load balancers":    {"{enabled: true, loadBalancers: true}", "v1.36.3", without, octavialess},
		"load balancers alone": {"{loadBalancers: true}", "v1.36.3", facts(), `slipway:cloudController.loadBalancers: Invalid value: true: needs slipway:cloudController.enabled`},
		"a poor user on a poor cloud": {"{enabled: true}", "v1.36.3", reader, `slipway:cloudController.enabled: Invalid value: true: needs the address of Keystone, which this cloud's catalogue does not have (openstack catalog list)
slipway:cloudController.enabled: Invalid value: true: needs the role member in this project, but your user has ["reader"] (openstack role assignment list)`},
		"another generation":   {"{enabled: true, credentialGeneration: 2}", "v1.36.3", facts(), ""},
		"no such generation":   {"{enabled: true, credentialGeneration: -1}", "v1.36.3", facts(), `slipway:cloudController.credentialGeneration: Invalid value: -1: must be 1 or more`},
		"too new a Kubernetes": {"{enabled: true}", "v1.37.0", facts(), `slipway:cloudController.enabled: Invalid value: true: is for Kubernetes 1.35 to 1.36 (cloud-provider-openstack v1.36.0), but slipway:kubernetes.version is v1.37.0`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:cloudController", tt.value)
			raw["slipway:kubernetes"] = `{"version": "` + tt.version + `"}`
			c, problems := Load(raw)
			checkProblems(t, append(problems, c.CheckCloud(tt.cloud)...), tt.want)
		})
	}
}

// The credential has no role that the cluster does not need.
func TestCredentialRoles(t *testing.T) {
	for value, want := range map[string]string{"{enabled: true}": "member", "{enabled: true, loadBalancers: true}": "member load-balancer_member"} {
		c := mustLoad(t, with(t, "slipway:cloudController", value))
		if got := strings.Join(c.CredentialRoles(facts().Roles), " "); got != want {
			t.Errorf("%s: roles are %q, want %q", value, got, want)
		}
	}
}
