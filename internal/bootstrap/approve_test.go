package bootstrap

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"text/template"
)

const approve = ScriptDir + "/approve-kubelets.sh"

// servingRequest is what a kubelet sends, as the API shows it.
type servingRequest struct {
	user, groups, usages string
	cert                 x509.CertificateRequest
}

// kubelets returns what the kubelet of dev-w1 sends.
func kubelets() servingRequest {
	return servingRequest{
		user:   `"system:node:dev-w1"`,
		groups: `["system:nodes" "system:authenticated"]`,
		usages: `["digital signature" "server auth"]`,
		cert: x509.CertificateRequest{
			Subject:     pkix.Name{CommonName: "system:node:dev-w1", Organization: []string{"system:nodes"}},
			DNSNames:    []string{"dev-w1"},
			IPAddresses: []net.IP{net.ParseIP("10.0.0.21")},
		},
	}
}

// line is the request as the script's template prints it.
func (r servingRequest) line(t *testing.T, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &r.cert, key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
	return strings.Join([]string{name, r.user, r.groups, r.usages, base64.StdEncoding.EncodeToString(text)}, "\t") + "\n"
}

// newApprover is a control plane of the nodes dev-cp1, dev-w1 and more, with
// the given requests.
func newApprover(t *testing.T, requests string) *sandbox {
	s := newControlPlane(t, `case "$*" in
"get certificatesigningrequests"*) cat /var/lib/requests ;;
"get nodes"*) cat /var/lib/nodes ;;
"certificate approve"*) echo "$3" >>/var/log/approved ;;
esac`)
	s.write("/var/lib/requests", requests)
	s.write("/var/lib/nodes", "dev-cp1 10.0.0.10 dev-cp1\ndev-w1 10.0.0.21 dev-w1\ndev-w2 10.0.0.22 dev-w2\ndev-w3 10.0.0.22 dev-w3\ndev-new\n")
	s.write("/var/log/approved", "")
	return s
}

func TestApproveKubelets(t *testing.T) {
	rsa := kubelets()
	rsa.usages = `["digital signature" "key encipherment" "server auth"]`
	s := newApprover(t, kubelets().line(t, "csr-1")+rsa.line(t, "csr-2"))
	if out, err := s.run(approve, ""); err != nil || s.read("/var/log/approved") != "csr-1\ncsr-2\n" {
		t.Errorf("approved %q, %v\n%s", s.read("/var/log/approved"), err, out)
	}
}

func TestApproveKubeletsWithoutRequests(t *testing.T) {
	s := newApprover(t, "")
	if out, err := s.run(approve, ""); err != nil || out != "" {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestApproveKubeletsLeavesOthersAlone(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*servingRequest)
		want   string
	}{
		"another user":     {func(r *servingRequest) { r.user = `"alice"` }, `"alice" is no node`},
		"a user with tabs": {func(r *servingRequest) { r.user = `"system:node:dev-w1\tx"` }, `"system:node:dev-w1\tx" is no node`},
		"another group":    {func(r *servingRequest) { r.groups = `["system:authenticated"]` }, `"system:node:dev-w1" is not in the group system:nodes`},
		"a forged group":   {func(r *servingRequest) { r.groups = `["a \"system:nodes\" b"]` }, `"system:node:dev-w1" is not in the group system:nodes`},
		"client usage": {func(r *servingRequest) { r.usages = `["digital signature" "client auth" "server auth"]` },
			`it is for ["digital signature" "client auth" "server auth"]`},
		"another node's name": {func(r *servingRequest) { r.cert.Subject.CommonName = "system:node:dev-cp1" },
			"its subject=CN=system:node:dev-cp1,O=system:nodes is not that of dev-w1"},
		"a further group": {func(r *servingRequest) { r.cert.Subject.Organization = []string{"system:nodes", "system:masters"} },
			"its subject=CN=system:node:dev-w1,O=system:masters+O=system:nodes is not that of dev-w1"},
		"a further address": {func(r *servingRequest) { r.cert.IPAddresses = append(r.cert.IPAddresses, net.ParseIP("10.0.0.10")) },
			"it is for 10.0.0.10 10.0.0.21 dev-w1, but dev-w1 is 10.0.0.21 dev-w1"},
		"another address": {func(r *servingRequest) { r.cert.IPAddresses = []net.IP{net.ParseIP("10.0.0.10")} },
			"it is for 10.0.0.10 dev-w1, but dev-w1 is 10.0.0.21 dev-w1"},
		"a name only": {func(r *servingRequest) { r.cert.IPAddresses = nil }, "it is for dev-w1, but dev-w1 is 10.0.0.21 dev-w1"},
		"no names":    {func(r *servingRequest) { r.cert.IPAddresses, r.cert.DNSNames = nil, nil }, "it is for , but dev-w1 is 10.0.0.21 dev-w1"},
		"a mail address": {func(r *servingRequest) { r.cert.EmailAddresses = []string{"dev-w1"} },
			"it is for 10.0.0.21 dev-w1 email:dev-w1, but dev-w1 is 10.0.0.21 dev-w1"},
		"a URI": {func(r *servingRequest) { r.cert.URIs = []*url.URL{{Scheme: "https", Host: "dev-w1"}} },
			"it is for 10.0.0.21 URI:https://dev-w1 dev-w1, but dev-w1 is 10.0.0.21 dev-w1"},
		"an unknown node": {func(r *servingRequest) {
			r.user, r.cert.Subject.CommonName = `"system:node:dev-w9"`, "system:node:dev-w9"
		}, "there is no node dev-w9 with an address"},
		"a node without addresses": {func(r *servingRequest) {
			r.user, r.cert.Subject.CommonName = `"system:node:dev-new"`, "system:node:dev-new"
		}, "there is no node dev-new with an address"},
		"an address claimed twice": {func(r *servingRequest) {
			r.user, r.cert.Subject.CommonName = `"system:node:dev-w2"`, "system:node:dev-w2"
			r.cert.DNSNames, r.cert.IPAddresses = []string{"dev-w2"}, []net.IP{net.ParseIP("10.0.0.22")}
		}, "another node claims the same name or address as dev-w2"},
	} {
		t.Run(name, func(t *testing.T) {
			request := kubelets()
			test.change(&request)
			// One that is fine comes after it: it must not suffer.
			s := newApprover(t, request.line(t, "csr-bad")+kubelets().line(t, "csr-good"))
			out, err := s.run(approve, "")
			if want := "slipway: dev-cp1: approve-kubelets: left csr-bad alone: " + test.want + "\n"; err != nil || !strings.Contains(out, want) {
				t.Errorf("no %q: %v\n%s", want, err, out)
			}
			if got := s.read("/var/log/approved"); got != "csr-good\n" {
				t.Errorf("approved %q", got)
			}
			if out, err := s.run(approve, ""); err != nil || strings.Contains(out, "csr-bad") {
				t.Errorf("it is told again: %v\n%s", err, out)
			}
		})
	}
}

func TestApproveKubeletsLeavesNonsenseAlone(t *testing.T) {
	request := strings.Join([]string{"csr-1", `"system:node:dev-w1"`, `["system:nodes"]`, `["digital signature" "server auth"]`, "bm9uc2Vuc2U="}, "\t")
	s := newApprover(t, request+"\n")
	if out, err := s.run(approve, ""); err != nil || !strings.Contains(out, "left csr-1 alone: it cannot be read") || s.read("/var/log/approved") != "" {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestApproveTemplates runs the templates of the script as kubectl does.
func TestApproveTemplates(t *testing.T) {
	script, err := scripts.ReadFile("scripts/approve-kubelets.sh")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`'go-template=(.*?)'\)`).FindAllSubmatch(script, -1)
	if len(found) != 2 {
		t.Fatalf("%d templates", len(found))
	}
	for i, test := range []struct{ list, want string }{
		{`{"items": [
			{"metadata": {"name": "csr-1"}, "status": {}, "spec": {"username": "a\tb", "groups": ["x", "y"], "usages": ["server auth"], "request": "QQ=="}},
			{"metadata": {"name": "csr-2"}, "status": {"conditions": [{"type": "Denied"}]}, "spec": {"username": "a", "groups": [], "usages": [], "request": ""}}]}`,
			"csr-1\t\"a\\tb\"\t[\"x\" \"y\"]\t[\"server auth\"]\tQQ==\n"},
		{`{"items": [{"metadata": {"name": "w1"}, "status": {"addresses": [{"address": "10.0.0.1"}, {"address": "w1"}]}}, {"metadata": {"name": "w2"}, "status": {}}]}`,
			"w1 10.0.0.1 w1\nw2\n"},
	} {
		var list any
		if err := json.Unmarshal([]byte(test.list), &list); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := template.Must(template.New("").Parse(string(found[i][1]))).Execute(&out, list); err != nil || out.String() != test.want {
			t.Errorf("got %q, %v; want %q", out.String(), err, test.want)
		}
	}
}
