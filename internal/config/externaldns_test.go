package config

import "testing"

func TestExternalDNS(t *testing.T) {
	with1, dnsless, reader := facts(), facts(), facts()
	with1.DNS, with1.DNSZones = true, map[string]bool{"apps.test": true}
	reader.Roles, reader.DNS, reader.DNSZones = []string{"reader"}, true, with1.DNSZones
	for name, tt := range map[string]struct {
		value string
		cloud CloudFacts
		want  string
	}{
		"off":                {`{}`, dnsless, ""},
		"on":                 {`{"enabled": true, "zones": ["apps.test"]}`, with1, ""},
		"keeping records":    {`{"enabled": true, "zones": ["apps.test"], "policy": "upsert-only"}`, with1, ""},
		"no zone":            {`{"enabled": true}`, with1, `slipway:externalDNS.zones: Required value: at least one zone of Designate (openstack zone list)`},
		"another's zone":     {`{"enabled": true, "zones": ["apps.test", "b.test"]}`, with1, `slipway:externalDNS.zones[1]: Invalid value: "b.test": no such zone of its own in this project: make it (openstack zone create --email ADDRESS b.test.), or name another one (openstack zone list)`},
		"without Designate":  {`{"enabled": true, "zones": ["apps.test"]}`, dnsless, `slipway:externalDNS.enabled: Invalid value: true: needs Designate, which this cloud does not offer (openstack catalog list)`},
		"a poor user":        {`{"enabled": true, "zones": ["apps.test"]}`, reader, `slipway:externalDNS.enabled: Invalid value: true: needs the role member in this project, but your user has ["reader"] (openstack role assignment list)`},
		"no such generation": {`{"credentialGeneration": -1}`, dnsless, `slipway:externalDNS.credentialGeneration: Invalid value: -1: must be 1 or more`},
		"no such policy":     {`{"policy": "create-only"}`, dnsless, `slipway:externalDNS.policy: Unsupported value: "create-only": supported values: "sync", "upsert-only"`},
		"a dot, and twice":   {`{"zones": ["apps.test.", "b.test", "b.test"]}`, dnsless, "slipway:externalDNS.zones[0]: Invalid value: \"apps.test.\": must not end with a dot\nslipway:externalDNS.zones[2]: Duplicate value: \"b.test\""},
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Load(with(t, "slipway:externalDNS", tt.value))
			checkProblems(t, append(problems, c.CheckCloud(tt.cloud)...), tt.want)
		})
	}
}
