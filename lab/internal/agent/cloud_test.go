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

	"slipway/lab/internal/machine"
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
	if r.URL.RawQuery != "" {
		key += "?" + r.URL.RawQuery
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
	listActions = "/compute/v2.1/servers/s1/os-instance-actions"
)

func server(updated string) string {
	return `{"servers":[{"id":"s1","name":"node","status":"ACTIVE","updated":"` + updated + `","created":"2024-01-01T00:00:00Z",
		"os-extended-volumes:volumes_attached":[{"id":"v2"},{"id":"v1"}],
		"addresses":{"net":[{"addr":"10.0.0.5","version":4,"OS-EXT-IPS:type":"fixed","OS-EXT-IPS-MAC:mac_addr":"fa:00"},
		                    {"addr":"172.24.4.9","version":4,"OS-EXT-IPS:type":"floating","OS-EXT-IPS-MAC:mac_addr":"fa:00"}]}}]}`
}

func action(name, request, start string) string {
	return `{"action":"` + name + `","request_id":"` + request + `","start_time":"` + start + `"}`
}

func TestServersFollowRebootsByTheirActions(t *testing.T) {
	c, fake := connectFake(t, map[string]string{
		listServers: server("2024-01-01T00:00:10Z"),
		listActions: `{"instanceActions":[` + action("stop", "req-3", "2024-01-01T00:00:03.000000") + `,` +
			action("create", "req-1", "2024-01-01T00:00:01.000000") + `]}`,
	})
	check := func(wantRequest string, wantCalls int) {
		t.Helper()
		found, err := c.Servers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%+v", found)
		want := fmt.Sprintf("%+v", []Server{{ID: "s1", Name: "node", Status: "ACTIVE", Request: wantRequest,
			MACs: []string{"fa:00"}, Volumes: []string{"v1", "v2"}}})
		if got != want {
			t.Errorf("servers\n%s, want\n%s", got, want)
		}
		if fake.calls[listActions] != wantCalls {
			t.Errorf("asked for actions %d times, want %d", fake.calls[listActions], wantCalls)
		}
	}
	check("req-1", 1)
	check("req-1", 1) // nothing changed, nothing asked
	fake.answers[listServers] = server("2024-01-01T00:00:20Z")
	fake.answers[listActions] = `{"instanceActions":[` + action("reboot", "req-4", "2024-01-01T00:00:20.000000") + `,` +
		action("create", "req-1", "2024-01-01T00:00:01.000000") + `]}`
	check("req-4", 2)
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

func TestDisksLeaveOutDeletedVolumes(t *testing.T) {
	c, _ := connectFake(t, map[string]string{"/volume/v3/volumes/v1": `{"volume":{"id":"v1","size":5}}`})
	disks, err := c.Disks(t.Context(), []string{"v1", "v2"})
	if err != nil {
		t.Fatal(err)
	}
	if len(disks) != 1 || disks[0] != (machine.Disk{Volume: "v1", GiB: 5}) {
		t.Errorf("disks %+v, want only v1 with 5 GiB", disks)
	}
}
