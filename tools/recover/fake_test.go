package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	fakeProject = "project-1"
	fakeUser    = "user-1"
)

// fakeCloud is an OpenStack that holds objects by the path they are listed at.
// It ignores the filters of a list, so that a test sees what the command itself
// tells apart.
type fakeCloud struct {
	mu      sync.Mutex
	objects map[string][]object // by collection path, such as /network/v2.0/ports
	refuse  map[string]int      // how many times the deletion of an id is refused first
	hidden  map[string]int      // how many lists an id is missing from
	linger  map[string]int      // how many times an id is still shown after its deletion
	calls   []string            // what changed something
	queries []string
}

// listed says under which key a collection answers, and where its objects are
// found one by one, when the two differ.
var listed = map[string]struct{ key, item string }{
	"/compute/v2.1/servers/detail":                         {"servers", "/compute/v2.1/servers/"},
	"/compute/v2.1/servers/server-1/os-volume_attachments": {"volumeAttachments", ""},
	"/compute/v2.1/os-server-groups":                       {"server_groups", ""},
	"/compute/v2.1/os-keypairs":                            {"keypairs", ""},
	"/volume/v3/volumes/detail":                            {"volumes", "/volume/v3/volumes/"},
	"/load-balancer/v2.0/lbaas/healthmonitors":             {"healthmonitors", ""},
	"/load-balancer/v2.0/lbaas/pools/pool-1/members":       {"members", ""},
	"/load-balancer/v2.0/lbaas/pools":                      {"pools", ""},
	"/load-balancer/v2.0/lbaas/listeners":                  {"listeners", ""},
	"/load-balancer/v2.0/lbaas/loadbalancers":              {"loadbalancers", ""},
	"/network/v2.0/floatingips":                            {"floatingips", ""},
	"/network/v2.0/ports":                                  {"ports", ""},
	"/network/v2.0/routers":                                {"routers", ""},
	"/network/v2.0/subnets":                                {"subnets", ""},
	"/network/v2.0/networks":                               {"networks", ""},
	"/network/v2.0/security-groups":                        {"security_groups", ""},
	"/network/v2.0/security-group-rules":                   {"security_group_rules", ""},
	"/v3/users/" + fakeUser + "/application_credentials":   {"application_credentials", ""},
}

// start serves the cloud and points clouds.yaml at it.
func (f *fakeCloud) start(t *testing.T) {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	yaml := fmt.Sprintf("clouds:\n  fake:\n    auth: {auth_url: %q, username: u, password: p, project_name: p, user_domain_name: d}\n", server.URL+"/v3")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OS_CLIENT_CONFIG_FILE", file)
	t.Setenv("OS_CLOUD", "")
}

func (f *fakeCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case r.URL.Path == "/v3/auth/tokens":
		f.login(w, r)
	case r.URL.Path == "/network/" || r.URL.Path == "/load-balancer/": // their addresses in the catalog have no version
		fmt.Fprintf(w, `{"versions": [{"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": "http://%s%sv2.0"}]}]}`, r.Host, r.URL.Path)
	case r.Method == http.MethodGet && listed[r.URL.Path].key != "":
		f.queries = append(f.queries, r.URL.String())
		f.list(w, r.URL.Path)
	case r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/remove_router_interface"):
		var body struct {
			Port string `json:"port_id"`
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		f.remove(w, r.URL.Path, "/network/v2.0/ports", body.Port)
	default:
		collection, id := split(r.URL.Path)
		if r.Method == http.MethodDelete {
			f.remove(w, r.URL.Path, collection, id)
		} else if i := f.index(collection, id); i >= 0 {
			_ = json.NewEncoder(w).Encode(map[string]any{"object": f.objects[collection][i]})
		} else if f.linger[id] > 0 {
			f.linger[id]--
			fmt.Fprint(w, `{"object": {"status": "DELETING"}}`)
		} else {
			http.NotFound(w, r)
		}
	}
}

// split takes an object's address apart into its collection and its id.
func split(path string) (collection, id string) {
	i := strings.LastIndex(path, "/") + 1
	collection, id = strings.TrimSuffix(path[:i], "/"), path[i:]
	for list, l := range listed {
		if l.item == path[:i] {
			collection = list
		}
	}
	return collection, id
}

func (f *fakeCloud) index(collection, id string) int {
	for i, o := range f.objects[collection] {
		if o["id"] == id || (o["id"] == nil && o["name"] == id) {
			return i
		}
	}
	return -1
}

func (f *fakeCloud) list(w http.ResponseWriter, path string) {
	shown := []any{}
	for _, o := range f.objects[path] {
		id := text(o["id"])
		if f.hidden[id] > 0 {
			f.hidden[id]--
			continue
		}
		if path == "/compute/v2.1/os-keypairs" {
			shown = append(shown, map[string]any{"keypair": o})
			continue
		}
		shown = append(shown, o)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{listed[path].key: shown})
}

func (f *fakeCloud) remove(w http.ResponseWriter, path, collection, id string) {
	i := f.index(collection, id)
	if i < 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if f.refuse[id] > 0 {
		f.refuse[id]--
		http.Error(w, "busy", http.StatusConflict)
		return
	}
	f.calls = append(f.calls, path)
	f.objects[collection] = append(f.objects[collection][:i:i], f.objects[collection][i+1:]...)
	w.WriteHeader(http.StatusOK)
}

func (f *fakeCloud) login(w http.ResponseWriter, r *http.Request) {
	base := "http://" + r.Host
	var catalog []any
	for _, s := range []struct{ kind, path string }{{"compute", "/compute/v2.1"}, {"network", "/network"}, {"block-storage", "/volume/v3"}, {"load-balancer", "/load-balancer"}, {"identity", "/v3"}} {
		catalog = append(catalog, map[string]any{"type": s.kind, "endpoints": []any{
			map[string]any{"interface": "public", "url": base + s.path, "region_id": "r", "region": "r"},
		}})
	}
	w.Header().Set("X-Subject-Token", "token")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{"token": map[string]any{
		"catalog": catalog, "project": map[string]any{"id": fakeProject}, "user": map[string]any{"id": fakeUser}, "expires_at": "2999-01-01T00:00:00.000000Z",
	}})
}
