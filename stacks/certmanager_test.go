package stacks

import (
	"slices"
	"testing"

	"slipway/components/certmanager"
	"slipway/internal/config"
)

// The certificate of a host, its Secret and the listener that uses it have one name.
func TestCertificatesOfTheIngress(t *testing.T) {
	cfg := &config.Config{
		Ingress: config.Ingress{Enabled: true, TLS: map[string]config.IngressTLS{"a.test": {Issuer: "own"}, "*.b.test": {Issuer: "own"}}},
		CertManager: config.CertManager{Enabled: true, Issuers: map[string]config.Issuer{
			"own": {Type: config.IssuerCA}, "public": {Type: config.IssuerACME, ACME: config.ACME{Server: "https://acme.test"}},
		}},
	}
	args, listeners := certManagerArgs(cfg, nil), ingressArgs(cfg).TLS
	want := []certmanager.Certificate{{Name: "wildcard-b.test", Namespace: "traefik", Host: "*.b.test", Issuer: "own"}, {Name: "tls-a.test", Namespace: "traefik", Host: "a.test", Issuer: "own"}}
	if !slices.Equal(args.Certificates, want) {
		t.Errorf("the certificates are %v, want %v", args.Certificates, want)
	}
	for _, c := range want {
		if listeners[c.Host] != c.Name {
			t.Errorf("the listener of %s takes %s", c.Host, listeners[c.Host])
		}
	}
	if args.Issuers["own"].ACME != nil || args.Issuers["public"].ACME.Server != "https://acme.test" || args.Gateway == nil {
		t.Errorf("the issuers are %+v", args.Issuers)
	}
}

// Without an ingress there are no Gateways, and nobody is to be told to watch any.
func TestCertManagerAlone(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:certManager"] = `{"enabled": true, "issuers": {"own": {"type": "ca"}}}`
	recorded := mustRun(t, "dev", settings)
	recorded.Get(t, "kubernetes:cert-manager.io/v1:ClusterIssuer", "dev-cert-manager-clusterissuer-own")
	recorded.AssertNoPlainSecrets(t, "PRIVATE KEY")
}

// Records are written with a login of the cluster's own; the zones are looked for.
func TestCertificatesByDNS(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:metalLB"] = `{"enabled": true, "pools": {"one": {"addresses": ["10.0.0.240/30"]}}}`
	settings["slipway:ingress"] = `{"enabled": true, "tls": {"*.apps.test": {"issuer": "wild"}}}`
	settings["slipway:certManager"] = `{"enabled": true, "dns01": {"nameservers": ["192.0.2.53"], "credentialGeneration": 2},
		"issuers": {"wild": {"type": "acme", "acme": {"server": "https://acme.test/directory", "challenge": "dns01"}}}}`
	recorded := mustRun(t, "dev", settings)
	credential := recorded.Get(t, "openstack:identity/applicationCredential:ApplicationCredential", "dev-cert-manager-credential")
	if v, _, _ := credential.Input("name"); v.StringValue() != "dev-cert-manager-2" {
		t.Errorf("the credential is %v", v)
	}
	issuer := recorded.Get(t, "kubernetes:cert-manager.io/v1:ClusterIssuer", "dev-cert-manager-clusterissuer-wild")
	if v, _, _ := issuer.Input("spec.acme.solvers[0].dns01.webhook.solverName"); v.StringValue() != "designatedns" {
		t.Errorf("the solver is %v", v)
	}
}
