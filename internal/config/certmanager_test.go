package config

import (
	"maps"
	"testing"
)

// behindTraefik is an ingress that has what it needs.
var behindTraefik = map[string]string{
	"slipway:metalLB": `{"enabled": true, "pools": {"one": {"addresses": ["10.0.0.240/28"]}}}`,
	"slipway:ingress": `{"enabled": true}`,
}

func TestCertManager(t *testing.T) {
	const acme = `{"enabled": true, "issuers": {"public": {"type": "acme", "acme": {"server": "https://acme.test/directory"}}}}`
	for name, tt := range map[string]struct {
		value string
		with  map[string]string
		want  string
	}{
		"off":                {`{}`, nil, ""},
		"an authority":       {`{"enabled": true, "replicas": 2, "issuers": {"own": {"type": "ca"}}}`, nil, ""},
		"ACME":               {acme, behindTraefik, ""},
		"no issuer":          {`{"enabled": true}`, nil, `slipway:certManager.issuers: Required value: at least one issuer of certificates`},
		"no pod":             {`{"replicas": -1}`, nil, `slipway:certManager.replicas: Invalid value: -1: must be 1 or more`},
		"no type":            {`{"issuers": {"own": {}}}`, nil, `slipway:certManager.issuers[own].type: Required value: ca or acme`},
		"another type":       {`{"issuers": {"own": {"type": "vault"}}}`, nil, `slipway:certManager.issuers[own].type: Unsupported value: "vault": supported values: "ca", "acme"`},
		"an authority's URL": {`{"issuers": {"own": {"type": "ca", "acme": {"server": "https://acme.test"}}}}`, nil, `slipway:certManager.issuers[own].acme: Forbidden: is for the type acme`},
		"ACME nowhere":       {`{"issuers": {"public": {"type": "acme"}}}`, nil, `slipway:certManager.issuers[public].acme.server: Required value: the URL of the server's directory`},
		"ACME in the clear":  {`{"issuers": {"public": {"type": "acme", "acme": {"server": "http://acme.test"}}}}`, nil, `slipway:certManager.issuers[public].acme.server: Invalid value: "http://acme.test": must be an https URL without credentials`},
		"nobody's address":   {`{"issuers": {"public": {"type": "acme", "acme": {"server": "https://acme.test", "email": "Ops <ops@acme.test>"}}}}`, nil, `slipway:certManager.issuers[public].acme.email: Invalid value: "Ops <ops@acme.test>": must be an address such as ops@example.org`},
		"no certificates":    {`{"issuers": {"public": {"type": "acme", "acme": {"server": "https://acme.test", "caBundle": "mine"}}}}`, nil, `slipway:certManager.issuers[public].acme.caBundle: Invalid value: "mine": must be certificates in PEM`},
		"no ingress":         {acme, nil, `slipway:certManager.issuers[public].acme.challenge: Invalid value: "http01": is asked through the ingress: enable slipway:ingress, or take dns01`},
		"no label":           {`{"issuers": {"my.own": {"type": "ca"}}}`, nil, `slipway:certManager.issuers[my.own]: Invalid value: "my.own": must not contain dots`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:certManager", tt.value)
			maps.Copy(raw, tt.with)
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}

func TestHostsOfTheIngress(t *testing.T) {
	const issuers = `{"enabled": true, "issuers": {"own": {"type": "ca"}, "public": {"type": "acme", "acme": {"server": "https://acme.test"}}}}`
	for name, tt := range map[string]struct{ tls, certManager, want string }{
		"each has one":      {`{"a.test": {"issuer": "own"}, "b.test": {"issuer": "public"}, "*.test": {"issuer": "own"}}`, issuers, ""},
		"no issuer":         {`{"a.test": {}}`, issuers, `slipway:ingress.tls[a.test].issuer: Required value: one of slipway:certManager.issuers`},
		"an unknown issuer": {`{"a.test": {"issuer": "mine"}}`, issuers, `slipway:ingress.tls[a.test].issuer: Invalid value: "mine": is none of slipway:certManager.issuers`},
		"no cert-manager":   {`{"a.test": {"issuer": "own"}}`, `{}`, `slipway:ingress.tls[a.test].issuer: Invalid value: "own": needs slipway:certManager, which is not enabled`},
		"a wildcard":        {`{"*.test": {"issuer": "public"}}`, issuers, `slipway:ingress.tls[*.test].issuer: Invalid value: "public": cannot vouch for a name with a wildcard: its challenge would have to be dns01`},
		"no name":           {`{"A_test": {"issuer": "own"}}`, issuers, `slipway:ingress.tls[A_test]: Invalid value: "A_test": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:certManager", tt.certManager)
			maps.Copy(raw, behindTraefik)
			raw["slipway:ingress"] = `{"enabled": true, "tls": ` + tt.tls + `}`
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}

func TestCertManagerByDefault(t *testing.T) {
	if m := mustLoad(t, with(t, "slipway:certManager", `{}`)).CertManager; m.Replicas != 1 || m.Enabled {
		t.Errorf("by default it is %+v", m)
	}
}
