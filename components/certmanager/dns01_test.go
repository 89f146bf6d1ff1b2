package certmanager

import (
	"slices"
	"strings"
	"testing"

	"slipway/internal/cloudlogin"
	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const (
	credentialType = "openstack:identity/applicationCredential:ApplicationCredential"
	needle         = "the-secret-of-the-credential"
)

// byDNS has one issuer whose server asks by DNS, in a cloud with its own authority.
func byDNS(a *CertManagerArgs) {
	a.Issuers = map[string]Issuer{"wild": {ACME: &ACME{Server: "https://acme.test/directory", DNS01: true}}}
	a.Certificates = []Certificate{{"wildcard-a.test", "traefik", "*.a.test", "wild"}}
	a.DNS01 = &DNS01{
		Cluster:     "demo",
		Login:       cloudlogin.Login{AuthURL: "https://keystone.example.com", Region: "RegionOne", CACertificate: "the cloud's authority", Roles: []string{"member"}, Generation: 1},
		Nameservers: []string{"192.0.2.53", "2001:db8::53"},
	}
}

func TestDNS01(t *testing.T) {
	recorded := run(t, byDNS)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, needle)
	golden.Assert(t, "dns01.txt", recorded.Graph())
}

// What is in the cluster goes with it; the credential is the cloud's.
func TestCredentialIsTakenAway(t *testing.T) {
	recorded := run(t, byDNS)
	cluster := recorded.Get(t, pulumitest.ComponentType, "demo-cert-manager-cluster").URN
	for _, r := range recorded.Resources {
		if r.Custom && (r.DeletedWith == cluster) != (r.Type != credentialType) {
			t.Errorf("%s %s is deleted with %q", r.Type, r.Name, r.DeletedWith)
		}
	}
}

// Without its pods, the API server could not list what is in a namespace: what sends
// it there comes after them and goes before. Issuers come last.
func TestWebhookIsThereAsLongAsItIsAsked(t *testing.T) {
	recorded := run(t, byDNS)
	service := recorded.Get(t, "kubernetes:core/v1:Service", name+"-webhook-service")
	api := recorded.Get(t, "kubernetes:apiregistration.k8s.io/v1:APIService", name+"-apiservice-v1alpha1.acme.syseleven.de")
	issuer := recorded.Get(t, "kubernetes:"+apiVersion+":ClusterIssuer", name+"-clusterissuer-wild")
	deployment := recorded.Get(t, "kubernetes:apps/v1:Deployment", name+"-webhook-deployment")
	for _, tt := range []struct {
		who   string
		after []string
		what  string
	}{
		{"the Service", service.DependsOn, deployment.URN}, {"the APIService", api.DependsOn, service.URN}, {"the issuer", issuer.DependsOn, api.URN},
	} {
		if !slices.Contains(tt.after, tt.what) {
			t.Errorf("%s waits for %v only, want %s, too", tt.who, tt.after, tt.what)
		}
	}
}

// Another login is another digest, and with it other pods.
func TestLoginRestartsTheWebhook(t *testing.T) {
	digest := func(change func(*CertManagerArgs)) string {
		recorded := run(t, func(a *CertManagerArgs) { byDNS(a); change(a) })
		v, _, _ := recorded.Get(t, "kubernetes:apps/v1:Deployment", name+"-webhook-deployment").Input(`spec.template.metadata.annotations["slipway/config-sha256"]`)
		return v.StringValue()
	}
	first := digest(asItIs)
	if first == "" || digest(asItIs) != first || digest(func(a *CertManagerArgs) { a.DNS01.Login.Region = "other" }) == first ||
		digest(func(a *CertManagerArgs) { a.DNS01.Login.CACertificate = "" }) == first {
		t.Error("the digest stays when the login is another one, or does not when it is the same")
	}
}

func TestDNS01IsRefusedWithoutALogin(t *testing.T) {
	args := &CertManagerArgs{Issuers: map[string]Issuer{"wild": {ACME: &ACME{DNS01: true}}}}
	if err := args.validate(); err == nil || !strings.Contains(err.Error(), "DNS01 is required") {
		t.Errorf("without DNS01: %v", err)
	}
	args.DNS01 = &DNS01{}
	if err := args.validate(); err == nil || !strings.Contains(err.Error(), "DNS01.Cluster is required\nthe login needs AuthURL") {
		t.Errorf("with an empty one: %v", err)
	}
}
