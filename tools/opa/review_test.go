package opa

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

// eval evaluates a query of the policies as they are shipped; false says that it
// is undefined.
func eval(t *testing.T, query string, settings map[string]any, input any) (any, bool) {
	t.Helper()
	options := []func(*rego.Rego){
		rego.Query(query), rego.Input(input), rego.Store(inmem.NewFromObject(map[string]any{"settings": settings})),
	}
	for _, name := range []string{"review.rego", "access.rego"} {
		text, err := os.ReadFile("../../components/keystoneauth/" + name)
		if err != nil {
			t.Fatal(err)
		}
		options = append(options, rego.Module(name, string(text)))
	}
	found, err := rego.New(options...).Eval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		return nil, false
	}
	return found[0].Expressions[0].Value, true
}

// ask is eval where there is an answer.
func ask(t *testing.T, query string, settings map[string]any, input any) any {
	t.Helper()
	value, defined := eval(t, query, settings, input)
	if !defined {
		t.Fatalf("%s is undefined for %v", query, input)
	}
	return value
}

// keystone answers for a token as Keystone does, which knows the tokens of answers.
func keystone(t *testing.T, answers map[string]string) (*httptest.Server, *int) {
	t.Helper()
	asked := 0
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		token := r.Header.Get("X-Subject-Token")
		if r.Method != http.MethodGet || r.URL.String() != "/v3/auth/tokens?nocatalog" || r.Header.Get("X-Auth-Token") != token {
			t.Errorf("asked %s %s, with a token of its own: %v", r.Method, r.URL, r.Header.Get("X-Auth-Token") == token)
		}
		switch answer, known := answers[token]; {
		case token == "broken":
			http.Error(w, "no database", http.StatusServiceUnavailable)
		case token == "elsewhere":
			http.Redirect(w, r, "/v3/auth/tokens?nocatalog&again", http.StatusFound)
		case !known:
			http.Error(w, `{"error": {"code": 401}}`, http.StatusUnauthorized)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(answer))
		}
	})
	server := httptest.NewUnstartedServer(handler)
	t.Cleanup(server.Close)
	return server, &asked
}

// tokenOf is what Keystone says of a token.
func tokenOf(user, project, roles string) string {
	return `{"token": {"user": {"id": "u1", "name": "` + user + `", "domain": {"id": "default", "name": "Default"}},
		"project": {"id": "` + project + `", "name": "demo", "domain": {"id": "default"}}, "roles": [` + roles + `]}}`
}

var answers = map[string]string{
	"alice":    tokenOf("alice", "p1", `{"id": "r2", "name": "member"}, {"id": "r1", "name": "admin"}`),
	"nobody":   tokenOf("nobody", "p1", ""),
	"eve":      tokenOf("eve", "p2", `{"id": "r1", "name": "admin"}`),
	"masters":  tokenOf("system:admin", "p1", `{"id": "r3", "name": "system:masters"}`),
	"unscoped": `{"token": {"user": {"id": "u1", "name": "alice", "domain": {"id": "default"}}}}`,
	"domain":   `{"token": {"user": {"id": "u1", "name": "alice", "domain": {"id": "default"}}, "domain": {"id": "p1"}, "roles": [{"name": "admin"}]}}`,
	"no name":  `{"token": {"user": {"id": "u1", "domain": {"id": "default"}}, "project": {"id": "p1"}, "roles": []}}`,
	"no JSON":  `<html>`,
}

func settings(url string) map[string]any {
	return map[string]any{"url": url + "/v3", "systemAuthorities": true, "authority": "", "projects": map[string]any{"p1": true}}
}

func review(token string) map[string]any {
	return map[string]any{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": map[string]any{"token": token}}
}

func TestReview(t *testing.T) {
	server, _ := keystone(t, answers)
	server.Start()
	extra := map[string]any{"keystone.openstack.org/project-id": []any{"p1"}, "keystone.openstack.org/project-name": []any{"demo"}}
	user := func(name string, groups ...any) map[string]any {
		return map[string]any{"authenticated": true, "user": map[string]any{
			"username": name, "uid": "u1", "groups": append([]any{"keystone:project:p1"}, groups...), "extra": extra,
		}}
	}
	no := func(reason string) map[string]any { return map[string]any{"authenticated": false, "error": reason} }
	for token, want := range map[string]map[string]any{
		"alice":     user("keystone:default:alice", "keystone:role:admin", "keystone:role:member"),
		"nobody":    user("keystone:default:nobody"),
		"masters":   user("keystone:default:system:admin", "keystone:role:system:masters"),
		"eve":       no("the token is of no project that may log in"),
		"unscoped":  no("the token is of no project that may log in"),
		"domain":    no("the token is of no project that may log in"),
		"false":     no("Keystone does not know the token"),
		"broken":    no("Keystone does not answer"),
		"elsewhere": no("Keystone does not answer"),
		"bad\nline": no("Keystone does not answer"),
	} {
		got := ask(t, "data.keystone.review", settings(server.URL), review(token)).(map[string]any)
		if got["apiVersion"] != "authentication.k8s.io/v1" || got["kind"] != "TokenReview" || !reflect.DeepEqual(got["status"], want) {
			t.Errorf("%q: got %v, want the status %v", token, got, want)
		}
	}
}

// An answer that lacks something is no yes: then the review is undefined, which
// API servers take for a failure.
func TestReviewWithoutWhatItNeeds(t *testing.T) {
	server, _ := keystone(t, answers)
	server.Start()
	for _, token := range []string{"no name", "no JSON"} {
		if yes, defined := eval(t, "data.keystone.review.status.authenticated", settings(server.URL), review(token)); defined && yes != false {
			t.Errorf("%s: %v", token, yes)
		}
	}
	if value, defined := eval(t, "data.keystone.review", settings(server.URL), map[string]any{"kind": "TokenReview"}); defined {
		t.Errorf("a review without a token: %v", value)
	}
}

func TestKeystoneIsAskedOnce(t *testing.T) {
	server, asked := keystone(t, answers)
	server.Start()
	ask(t, "data.keystone.review", settings(server.URL), review("alice"))
	if *asked != 1 {
		t.Errorf("asked %d times", *asked)
	}
}

// Who does not have a certificate of the right authority gets no token to see.
func TestKeystoneIsVerified(t *testing.T) {
	server, asked := keystone(t, answers)
	server.StartTLS()
	authority := pemOf(server.Certificate().Raw)
	for name, test := range map[string]struct {
		system    bool
		authority string
		want      bool
	}{
		"its authority":     {false, authority, true},
		"the system's":      {true, "", false},
		"no authority":      {false, "", false},
		"another authority": {false, selfSigned(t), false},
	} {
		*asked = 0
		s := settings(server.URL)
		s["systemAuthorities"], s["authority"] = test.system, test.authority
		status := ask(t, "data.keystone.review.status", s, review("alice")).(map[string]any)
		if status["authenticated"] != test.want || (*asked > 0) != test.want {
			t.Errorf("%s: %v, asked %d times", name, status, *asked)
		}
	}
}

func pemOf(certificate []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
}

// selfSigned is an authority that signed nothing.
func selfSigned(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf(certificate)
}

func TestAccess(t *testing.T) {
	for request, want := range map[string]bool{
		"POST v0/data/keystone/review":   true,
		"GET health":                     true,
		"GET v0/data/keystone/review":    false,
		"POST v1/data/keystone/review":   false,
		"PUT v1/policies/review":         false,
		"DELETE v1/policies/review.rego": false,
		"PUT v1/data/settings":           false,
		"PATCH v1/data/settings":         false,
		"GET v1/data":                    false,
		"POST v1/query":                  false,
		"POST ":                          false,
	} {
		method, path, _ := strings.Cut(request, " ")
		input := map[string]any{"method": method, "path": strings.Split(path, "/")}
		if got := ask(t, "data.system.authz.allow", nil, input); got != want {
			t.Errorf("%s: %v", request, got)
		}
	}
}
