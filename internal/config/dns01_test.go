package config

import (
	"maps"
	"slices"
	"testing"
)

func TestDNS01(t *testing.T) {
	const issuer = `"issuers": {"wild": {"type": "acme", "acme": {"server": "https://acme.test", "challenge": "dns01"}}}`
	zoned, zoneless, dnsless, reader := facts(), facts(), facts(), facts()
	zoned.DNS, zoned.DNSZones = true, map[string]bool{"b.test": true}
	zoneless.DNS, zoneless.DNSZones = true, map[string]bool{"b.test": false} // a secondary one
	reader.Roles, reader.DNS, reader.DNSZones = []string{"reader"}, true, zoned.DNSZones
	const at = `slipway:certManager.issuers[wild].acme.challenge: Invalid value: "dns01": `
	for name, tt := range map[string]struct {
		value, tls string
		cloud      CloudFacts
		want       string
	}{
		"without an ingress": {`{"enabled": true, ` + issuer + `}`, "", zoned, ""},
		"a wildcard":         {`{"enabled": true, ` + issuer + `, "dns01": {"nameservers": ["192.0.2.53", "2001:db8::53"], "credentialGeneration": 2}}`, `{"*.a.b.test": {"issuer": "wild"}, "b.test": {"issuer": "wild"}}`, zoned, ""},
		"in no zone":         {`{"enabled": true, ` + issuer + `}`, `{"*.a.b.test": {"issuer": "wild"}}`, zoneless, `slipway:ingress.tls[*.a.b.test]: Invalid value: "*.a.b.test": is in no zone of its own of this project, where dns01 would write a record: make one (openstack zone create --email ADDRESS NAME), or take another issuer`},
		"without Designate":  {`{"enabled": true, ` + issuer + `}`, `{"b.test": {"issuer": "wild"}}`, dnsless, at + `needs Designate, which this cloud does not offer (openstack catalog list)`},
		"a poor user":        {`{"enabled": true, ` + issuer + `}`, "", reader, at + `needs the role member in this project, but your user has ["reader"] (openstack role assignment list)`},
		"switched off":       {`{` + issuer + `}`, "", dnsless, ""},
		"no such challenge":  {`{"issuers": {"wild": {"type": "acme", "acme": {"server": "https://acme.test", "challenge": "tls"}}}}`, "", dnsless, `slipway:certManager.issuers[wild].acme.challenge: Unsupported value: "tls": supported values: "http01", "dns01"`},
		"twice, and never":   {`{"dns01": {"nameservers": ["192.0.2.53", "192.0.2.53"], "credentialGeneration": -1}}`, "", dnsless, "slipway:certManager.dns01.credentialGeneration: Invalid value: -1: must be 1 or more\nslipway:certManager.dns01.nameservers[1]: Duplicate value: \"192.0.2.53\""},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:certManager", tt.value)
			if tt.tls != "" {
				maps.Copy(raw, behindTraefik)
				raw["slipway:ingress"] = `{"enabled": true, "tls": ` + tt.tls + `}`
			}
			c, problems := Load(raw)
			checkProblems(t, append(problems, c.CheckCloud(tt.cloud)...), tt.want)
		})
	}
}

// Only zones that could hold a record are asked for.
func TestDNS01Zones(t *testing.T) {
	raw := with(t, "slipway:certManager", `{"enabled": true, "issuers": {"own": {"type": "ca"}, "wild": {"type": "acme", "acme": {"server": "https://acme.test", "challenge": "dns01"}}}}`)
	maps.Copy(raw, behindTraefik)
	raw["slipway:ingress"] = `{"enabled": true, "tls": {"*.a.b.test": {"issuer": "wild"}, "c.b.test": {"issuer": "wild"}, "d.other": {"issuer": "own"}}}`
	if got, want := mustLoad(t, raw).DNS01Zones(), []string{"a.b.test", "b.test", "c.b.test"}; !slices.Equal(got, want) {
		t.Errorf("the zones are %v, want %v", got, want)
	}
}
