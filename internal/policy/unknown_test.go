package policy

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"slipway/internal/config"
)

// settings are those of a production stack with every limit in force.
func settings() Settings {
	return Settings{
		Policy: config.Policy{Production: true, Limits: config.PolicyLimits{
			WidestRange: 8, ControlPlanes: 3, RSABits: 3072, CertificateDays: 398, Servers: 1, VolumeGB: 1, FloatingIPs: 1,
			VolumeTypes: []string{"luks"}, ImageDigests: true,
		}},
		Cluster: "dev", Version: "v1.36.3", APIPorts: []int{6443}, Today: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Of a resource whose every property is unknown nothing is wrong, at any depth,
// and no rule panics.
func TestUnknownBreaksNothing(t *testing.T) {
	unknown := property.New(property.Computed)
	keys := []string{
		"connection", "environment", "create", "direction", "protocol", "remoteIpPrefix", "remoteGroupId", "portRangeMin", "allowedCidrs",
		"deleteDefaultRules", "securityGroupIds", "portSecurityEnabled", "allowedAddressPairs", "volumeType", "parameters", "metadata", "tags",
		"userData", "algorithm", "ecdsaCurve", "rsaBits", "validityPeriodHours", "spec", "subjects", "roleRef", "schedulerHints", "policies", "name", "size",
	}
	all := map[string]property.Value{}
	for _, key := range keys {
		all[key] = unknown
	}
	// Where clients come in at all is always known: it is a word of the program.
	half := map[string]property.Value{"direction": property.New("ingress"), "algorithm": property.New("ECDSA")}
	for key, value := range all {
		if _, known := half[key]; !known {
			half[key] = value
		}
	}
	for _, rule := range Rules() {
		types := rule.Types
		if len(types) == 0 {
			types = []string{typeServer}
		}
		for _, typ := range types {
			for _, m := range []map[string]property.Value{all, half} {
				r := Resource{URN: "urn:pulumi:dev::slipway::slipway:index:Bastion$" + typ + "::dev-x", Type: typ, Name: "dev-x", Protect: true, Properties: property.NewMap(m)}
				for _, f := range rule.CheckResource(r, settings()) {
					t.Errorf("%s on an unknown %s: %s", rule.ID, typ, f.Message)
				}
				for _, f := range rule.CheckStack(Stack{r}, settings()) {
					t.Errorf("%s on a stack with an unknown %s: %s", rule.ID, typ, f.Message)
				}
			}
		}
	}
}
