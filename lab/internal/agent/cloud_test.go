package agent

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeCloud answers GET requests with canned JSON, keyed by path and query, and
// counts them. Anything else is an error of the test.
type fakeCloud struct {
	answers map[string]string
	calls   map[string]int
}

func (f *fakeCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/v3/auth/tokens" {
		w.Header().Set("X-Subject-Token", "token")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, catalog("http://"+r.Host))
		return
	}
	key := r.URL.Path
	query := r.URL.Query()
	if query.Has("changes-since") {
		query.Set("changes-since", "then") // differs with every call
	}
	if len(query) > 0 {
		key += "?" + query.Encode()
	}
	f.calls[key]++
	answer, found := f.answers[key]
	if !found {
		http.Error(w, "not found: "+key, http.StatusNotFound)
		return
	}
	fmt.Fprint(w, answer)
}

func catalog(base string) string {
	var services []map[string]any
	for kind, path := range map[string]string{"compute": "/compute/v2.1", "network": "/network", "volumev3": "/volume/v3"} {
		services = append(services, map[string]any{"type": kind, "name": kind, "endpoints": []map[string]any{
			{"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": base + path, "id": kind},
		}})
	}
	text, _ := json.Marshal(map[string]any{"token": map[string]any{"catalog": services, "expires_at": "2099-01-01T00:00:00.000000Z"}})
	return string(text)
}

func connectFake(t *testing.T, answers map[string]string) (*cloud, *fakeCloud) {
	t.Helper()
	answers["/network/"] = `{"versions":[{"id":"v2.0","status":"CURRENT"}]}`
	fake := &fakeCloud{answers: answers, calls: map[string]int{}}
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	text := "clouds:\n  slipway-lab-admin:\n    region_name: RegionOne\n    auth: {auth_url: " + server.URL +
		"/v3, username: u, password: p, project_name: p, user_domain_name: Default, project_domain_name: Default}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := connect(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	return c, fake
}

const (
	listServers = "/compute/v2.1/servers/detail?all_tenants=true"
	listChanged = listServers + "&changes-since=then"
	listActions = "/compute/v2.1/servers/s1/os-instance-actions"
	listVolumes = "/volume/v3/volumes/detail?all_tenants=true"
	none        = `{"servers":[]}`
)

func server(status, updated string) string {
	return `{"servers":[{"id":"s1","name":"node","status":"` + status + `","updated":"` + updated + `","created":"2024-01-01T00:00:00Z",
		"addresses":{"net":[{"addr":"10.0.0.5","version":4,"OS-EXT-IPS:type":"fixed","OS-EXT-IPS-MAC:mac_addr":"fa:00"},
		                    {"addr":"172.24.4.9","version":4,"OS-EXT-IPS:type":"floating","OS-EXT-IPS-MAC:mac_addr":"fa:00"}]}}]}`
}

func actions(list ...string) string { return `{"instanceActions":[` + strings.Join(list, ",") + `]}` }

func action(name, request, start string) string {
	return `{"action":"` + name + `","request_id":"` + request + `","start_time":"2024-01-01T00:00:` + start + `.000000"}`
}

func TestServersFollowRebootsByTheirActions(t *testing.T) {
	c, fake := connectFake(t, map[string]string{})
	created := action("create", "req-1", "01")
	for _, step := range []struct {
		name            string
		listed, changed string
		actions         string
		want            string
		wantActionCalls int
	}{
		{"first look", server("ACTIVE", "2024-01-01T00:00:10Z"), none, actions(action("stop", "req-2", "03"), created), "ACTIVE req-1 [fa:00]", 1},
		{"nothing changed, nothing asked", "", none, "", "ACTIVE req-1 [fa:00]", 1},
		{"listed again without a change", "", server("ACTIVE", "2024-01-01T00:00:10Z"), "", "ACTIVE req-1 [fa:00]", 1},
		{"rebooted", "", server("ACTIVE", "2024-01-01T00:00:20Z"), actions(action("reboot", "req-4", "20"), created), "ACTIVE req-4 [fa:00]", 2},
		{"deleted", "", server("DELETED", "2024-01-01T00:00:30Z"), "", "", 2},
	} {
		fake.answers[listServers], fake.answers[listChanged], fake.answers[listActions] = step.listed, step.changed, step.actions
		found, err := c.Servers(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		got := ""
		for _, s := range found {
			got += fmt.Sprint(s.Status, " ", s.Request, " ", s.MACs)
		}
		if got != step.want {
			t.Errorf("%s: servers %q, want %q", step.name, got, step.want)
		}
		if fake.calls[listActions] != step.wantActionCalls {
			t.Errorf("%s: asked for actions %d times, want %d", step.name, fake.calls[listActions], step.wantActionCalls)
		}
	}
}

// A server that was left out because its actions could not be read must come
// with the next look, although it has not changed since.
func TestServersMakeUpForAFailedLook(t *testing.T) {
	c, fake := connectFake(t, map[string]string{listServers: server("ACTIVE", "2024-01-01T00:00:10Z"), listActions: "broken"})
	if _, err := c.Servers(t.Context()); err == nil {
		t.Fatal("no error although the actions are broken")
	}
	fake.answers[listActions] = actions(action("create", "req-1", "01"))
	found, err := c.Servers(t.Context())
	if err != nil || len(found) != 1 {
		t.Errorf("servers %v (%v), want one", found, err)
	}
}

// Nova's list is silent about servers that it cannot look up just now; their
// machines must not be deleted for that.
func TestOnlyDeletedServersAreGone(t *testing.T) {
	c, _ := connectFake(t, map[string]string{
		"/compute/v2.1/servers/there":  `{"server":{"id":"there","status":"ACTIVE"}}`,
		"/compute/v2.1/servers/broken": "broken",
	})
	for id, want := range map[string]string{"there": "false <nil>", "deleted": "true <nil>"} {
		gone, err := c.Gone(t.Context(), id)
		if got := fmt.Sprint(gone, err); got != want {
			t.Errorf("%s: gone %s, want %s", id, got, want)
		}
	}
	if gone, err := c.Gone(t.Context(), "broken"); gone || err == nil {
		t.Errorf("a server that cannot be looked up is gone: %t, %v", gone, err)
	}
}

func TestNICsHaveWhatDHCPWouldGive(t *testing.T) {
	port := `{"ports":[{"id":"p1","network_id":"n1","mac_address":"fa:00","fixed_ips":[{"subnet_id":"sub","ip_address":"10.0.0.5"}]}]}`
	subnet := `{"subnet":{"id":"sub","network_id":"n1","cidr":"10.0.0.0/24","gateway_ip":"10.0.0.1","enable_dhcp":true,"dns_nameservers":[%s]}}`
	for name, tc := range map[string]struct{ nameservers, want string }{
		"nameservers of the subnet": {`"9.9.9.9"`, "[9.9.9.9]"},
		"the DHCP service itself":   {"", "[10.0.0.2]"},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := connectFake(t, map[string]string{
				"/network/v2.0/ports?device_id=s1":                              port,
				"/network/v2.0/ports?device_owner=network%3Adhcp&network_id=n1": strings.NewReplacer("10.0.0.5", "10.0.0.2", "p1", "p2").Replace(port),
				"/network/v2.0/networks/n1":                                     `{"network":{"id":"n1","mtu":1450}}`,
				"/network/v2.0/subnets/sub":                                     fmt.Sprintf(subnet, tc.nameservers),
			})
			nics, err := c.NICs(t.Context(), "s1")
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%+v", nics)
			want := "[{Port:p1 Network:n1 MAC:fa:00 MTU:1450 Addresses:[10.0.0.5/24] Gateway:10.0.0.1 Nameservers:" + tc.want + " Interface:}]"
			if got != want {
				t.Errorf("NICs\n%s, want\n%s", got, want)
			}
		})
	}
}

func TestDisksAreTheAttachedVolumes(t *testing.T) {
	c, _ := connectFake(t, map[string]string{listVolumes: `{"volumes":[
		{"id":"v2","size":5,"attachments":[{"server_id":"s1"}]},
		{"id":"v1","size":7,"attachments":[{"server_id":"s1"},{"server_id":"s2"}]},
		{"id":"v3","size":9,"attachments":[]}]}`})
	all, err := c.Volumes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(disksOf("s1", all), idsOf("s1", all), idsOf("s2", all), idsOf("s3", all))
	if want := "[{v2 5  } {v1 7  }] [v1 v2] [v1] []"; got != want {
		t.Errorf("disks %s, want %s", got, want)
	}
}
