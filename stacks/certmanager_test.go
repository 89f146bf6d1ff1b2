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
	args, listeners := certManagerArgs(cfg), ingressArgs(cfg).TLS
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
