package certmanager

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const name = "demo-cert-manager"

// run deploys everything that there is, changed. The chart shows the values that
// it was given, as upstream's own is not at hand in every test.
func run(t *testing.T, change func(*CertManagerArgs)) *pulumitest.Recorded {
	t.Helper()
	chart := charttest.Chart(t, "cert-manager", map[string]string{
		"templates/crd.yaml":    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: clusterissuers.cert-manager.io}\nspec: {group: cert-manager.io, names: {kind: ClusterIssuer}}\n",
		"templates/deploy.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cert-manager, namespace: {{ .Release.Namespace }}}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
	})
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-cert-manager-cluster")
		if err != nil {
			return err
		}
		args := &CertManagerArgs{
			Sources: NewSources(chart), Kubernetes: "v1.36.3", Replicas: 2,
			Issuers: map[string]Issuer{
				"own":    {},
				"public": {ACME: &ACME{Server: "https://acme.test/directory", Email: "ops@acme.test", CABundle: "an authority"}},
			},
			Certificates: []Certificate{{"tls-a.test", "traefik", "a.test", "own"}},
			Gateway:      &Gateway{"traefik", "slipway"},
			ControlPlane: nodetest.Settings().SSH.Connect(pulumi.String("10.0.0.10"), pulumi.String("ssh-ed25519 node")),
			After:        []pulumi.Resource{cluster}, DeletedWith: cluster,
		}
		change(args)
		_, err = NewCertManager(ctx, name, args)
		return err
	}, pulumitest.SecretOutput(credentialType, "secret", needle))
}

func asItIs(*CertManagerArgs) {}

func TestCertManager(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

func TestEverythingGoesWithTheCluster(t *testing.T) {
	run(t, asItIs).AssertDeletedWith(t, "demo-cert-manager-cluster")
}

// The webhook would refuse what comes before the API server trusts it; an issuer
// finds its key.
func TestIssuersComeLast(t *testing.T) {
	recorded := run(t, asItIs)
	step := recorded.Get(t, "command:remote:Command", name+"-admitted").URN
	secret := recorded.Get(t, "kubernetes:core/v1:Secret", name+"-own-secret").URN
	for kind, resource := range map[string]string{"ClusterIssuer": "clusterissuer-own", "Certificate": "certificate-tls-a.test"} {
		after := recorded.Get(t, "kubernetes:"+apiVersion+":"+kind, name+"-"+resource).DependsOn
		if !slices.Contains(after, step) || !slices.Contains(after, secret) {
			t.Errorf("%s waits for %v only", resource, after)
		}
	}
}

// What is changed is waited for again.
func TestWaits(t *testing.T) {
	trigger := func(change func(*CertManagerArgs)) string {
		v, _, _ := run(t, change).Get(t, "command:remote:Command", name+"-admitted").Input("triggers[0]")
		return v.StringValue()
	}
	first := trigger(asItIs)
	if trigger(asItIs) != first || trigger(func(a *CertManagerArgs) { a.Replicas = 1 }) == first {
		t.Error("it waits when nothing has changed, or does not when something has")
	}
}

// A cluster without Gateways has none to watch.
func TestWithoutGateways(t *testing.T) {
	text := run(t, func(a *CertManagerArgs) {
		a.Gateway, a.Certificates = nil, nil
		delete(a.Issuers, "public")
	}).Graph()
	if strings.Contains(text, "gatewayAPI") {
		t.Errorf("the values are\n%s", text)
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&CertManagerArgs{}).validate()
	const want = "Sources is required\nKubernetes is required\nReplicas is required\nIssuers is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Everything that it runs is in the list of what a mirror holds.
func TestImagesAreListed(t *testing.T) {
	text := run(t, byDNS).Graph()
	for _, ref := range artifacts.CertManagerImages(true) {
		repository, _, _ := strings.Cut(ref, ":")
		if !strings.Contains(text, repository) {
			t.Errorf("%s is not among the values", ref)
		}
	}
}
