package ingress

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const name = "demo-ingress"

// run deploys it, changed. The chart shows the values that it was given, as
// upstream's own is not at hand in every test.
// What clients know it by is shown instead of the address of its Service.
func TestPublicAddress(t *testing.T) {
	for address, kind := range map[string]string{"203.0.113.7": "ip", "www.example.org": "hostname"} {
		traefik := run(t, func(a *IngressArgs) { a.PublicAddress = address }).Get(t, "kubernetes:apps/v1:Deployment", "demo-ingress-deployment-traefik")
		for _, provider := range []string{"kubernetesGateway.statusAddress", "kubernetesIngress.ingressEndpoint"} {
			if v, _, _ := traefik.Input("spec.values.providers." + provider + "." + kind); v.IsNull() || v.StringValue() != address {
				t.Errorf("the %s of %s is %v, want %s", kind, provider, v, address)
			}
		}
		for _, off := range []string{"kubernetesGateway.statusAddress.service.enabled", "kubernetesIngress.publishedService.enabled"} {
			if v, _, _ := traefik.Input("spec.values.providers." + off); !v.IsBool() || v.BoolValue() {
				t.Errorf("%s is %v", off, v)
			}
		}
	}
}

func run(t *testing.T, change func(*IngressArgs)) *pulumitest.Recorded {
	t.Helper()
	chart := charttest.Chart(t, "traefik", map[string]string{
		"crds/hub.yaml":          "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: apis.hub.traefik.io}\nspec: {group: hub.traefik.io, names: {kind: API}}\n",
		"crds/own.yaml":          "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: middlewares.traefik.io}\nspec: {group: traefik.io, names: {kind: Middleware}}\n",
		"templates/deploy.yaml":  "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: traefik, namespace: {{ .Release.Namespace }}}\nspec:\n  values: {{ toYaml .Values | nindent 4 }}\n",
		"templates/service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: traefik, namespace: {{ .Release.Namespace }}}\n",
		"templates/class.yaml":   "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: traefik}\nspec: {controllerName: traefik.io/gateway-controller}\n",
	})
	definition := charts.Object{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": "gatewayclasses.gateway.networking.k8s.io"},
		"spec": map[string]any{"group": "gateway.networking.k8s.io", "names": map[string]any{"kind": "GatewayClass"}},
	}
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-ingress-cluster")
		if err != nil {
			return err
		}
		args := &IngressArgs{
			Sources: NewSources(chart, []charts.Object{definition}), Kubernetes: "v1.36.3", Replicas: 2,
			Announced: true, Address: "10.0.0.240",
			After: []pulumi.Resource{cluster}, DeletedWith: cluster,
		}
		change(args)
		_, err = NewIngress(ctx, name, args)
		return err
	})
}

func asItIs(*IngressArgs) {}

func TestIngress(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

func TestEverythingGoesWithTheCluster(t *testing.T) {
	run(t, asItIs).AssertDeletedWith(t, "demo-ingress-cluster")
}

// A load balancer of the cloud asks all nodes, and knows nothing of MetalLB.
func TestBehindALoadBalancer(t *testing.T) {
	text := run(t, func(a *IngressArgs) { a.Announced, a.Address = false, "" }).Graph()
	if !strings.Contains(text, "Cluster") || strings.Contains(text, "metallb") {
		t.Errorf("the values are\n%s", text)
	}
}

// Where somebody else brings requests to nodes, it needs no address.
func TestBehindNodePorts(t *testing.T) {
	text := run(t, func(a *IngressArgs) { a.Announced, a.Address, a.NodePorts = false, "", true }).Graph()
	for _, want := range []string{"spec.type: NodePort", "web.nodePort: 30080", "websecure.nodePort: 30081", "externalTrafficPolicy: Cluster"} {
		if !strings.Contains(text, want) {
			t.Errorf("the values have no %s:\n%s", want, text)
		}
	}
}

// Without host names nothing answers by TLS; with them only these do.
func TestTLS(t *testing.T) {
	if text := run(t, asItIs).Graph(); strings.Contains(text, "HTTPS") || strings.Contains(text, "sniStrict") {
		t.Errorf("without host names the values are\n%s", text)
	}
	v := (&IngressArgs{Replicas: 1, TLS: map[string]string{"a.test": "tls-a.test"}}).values()
	l := v.Gateway.Listeners["tls-a.test"]
	if l.Hostname != "a.test" || l.Protocol != "HTTPS" || l.Port != webSecurePort || len(l.Certificates) != 1 || l.Certificates[0].Name != "tls-a.test" {
		t.Errorf("the listener is %+v", l)
	}
	if !v.TLSOptions["default"].SNIStrict || !v.Ports.WebSecure.Expose["default"] {
		t.Errorf("the values are %+v", v)
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&IngressArgs{}).validate()
	const want = "Sources is required\nKubernetes is required\nReplicas is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What it runs is in the list of what a mirror holds: the chart puts the image
// together of three values.
func TestImagesAreListed(t *testing.T) {
	v := (&IngressArgs{}).values().Image
	if ref := v.Registry + "/" + v.Repository + ":" + v.Tag; len(artifacts.IngressImages()) != 1 || artifacts.IngressImages()[0] != ref {
		t.Errorf("%s is not among %v", ref, artifacts.IngressImages())
	}
}
