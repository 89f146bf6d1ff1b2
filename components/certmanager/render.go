package certmanager

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"slipway/internal/charts"
)

const (
	// namespace is cert-manager's own, where the keys of issuers are.
	namespace  = "cert-manager"
	apiVersion = "cert-manager.io/v1"
	// user is whom upstream's images name, so that clusters take them as they are.
	user = 1000
)

// probe is an object that cert-manager's webhook has to admit.
const probe = `{"apiVersion": "` + apiVersion + `", "kind": "ClusterIssuer", "metadata": {"name": "slipway-probe"}, "spec": {"selfSigned": {}}}`

// objects are what the chart consists of.
func (a *CertManagerArgs) objects() ([]charts.Object, error) {
	return a.Sources.chart.Render(charts.Release{Name: "cert-manager", Namespace: namespace, Kubernetes: a.Kubernetes, Values: a.values()})
}

// digest changes with what is installed.
func (a *CertManagerArgs) digest() string {
	text, _ := json.Marshal(a.values()) // strings, numbers and booleans only
	sum := sha256.Sum256(append(text, pin().Digest...))
	return hex.EncodeToString(sum[:8])
}

// issuers are the ClusterIssuers, and the Certificates that they issue.
func (a *CertManagerArgs) issuers() []charts.Object {
	var objects []charts.Object
	for _, name := range slices.Sorted(maps.Keys(a.Issuers)) {
		spec := map[string]any{"ca": map[string]any{"secretName": secretOf(name)}}
		if server := a.Issuers[name].ACME; server != nil {
			spec = map[string]any{"acme": server.spec(name, a.Gateway)}
		}
		objects = append(objects, charts.Object{"apiVersion": apiVersion, "kind": "ClusterIssuer", "metadata": map[string]any{"name": name}, "spec": spec})
	}
	for _, c := range a.Certificates {
		objects = append(objects, c.object())
	}
	return objects
}

// spec is the issuer's, whose server asks by DNS or through the Gateway.
func (s ACME) spec(issuer string, through *Gateway) map[string]any {
	solver := map[string]any{"dns01": map[string]any{"webhook": map[string]any{"groupName": solverGroup, "solverName": solverName}}}
	if !s.DNS01 {
		solver = throughGateway(through)
	}
	spec := map[string]any{
		"server": s.Server, "privateKeySecretRef": map[string]any{"name": secretOf(issuer)}, "solvers": []any{solver},
	}
	if s.Email != "" {
		spec["email"] = s.Email
	}
	if s.CABundle != "" {
		spec["caBundle"] = base64.StdEncoding.EncodeToString([]byte(s.CABundle))
	}
	return spec
}

// throughGateway answers at the Gateway's port for HTTP, by a pod for each question.
func throughGateway(through *Gateway) map[string]any {
	route := map[string]any{
		"parentRefs": []any{map[string]any{"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": through.Namespace, "name": through.Name}},
		"podTemplate": map[string]any{"spec": map[string]any{"securityContext": map[string]any{
			"runAsNonRoot": true, "runAsUser": user, "seccompProfile": map[string]any{"type": "RuntimeDefault"},
		}}},
	}
	return map[string]any{"http01": map[string]any{"gatewayHTTPRoute": route}}
}

// object is the certificate as cert-manager finds it. Each renewal has a new key.
func (c Certificate) object() charts.Object {
	return charts.Object{
		"apiVersion": apiVersion, "kind": "Certificate",
		"metadata": map[string]any{"name": c.Name, "namespace": c.Namespace},
		"spec": map[string]any{
			"secretName": c.Name, "dnsNames": []any{c.Host},
			"issuerRef":  map[string]any{"group": "cert-manager.io", "kind": "ClusterIssuer", "name": c.Issuer},
			"privateKey": map[string]any{"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
		},
	}
}
