package vip

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/internal/bootstrap"
	"slipway/internal/golden"
)

func sample(proxies ...string) topology {
	t := topology{
		Address: netip.MustParseAddr("10.0.0.10"), Port: 8443, APIServerPort: 6443, VirtualRouterID: 51,
		APIServers: members(map[string]string{"demo-cp3": "10.0.0.13", "demo-cp1": "10.0.0.11", "demo-cp2": "10.0.0.12"}),
	}
	for _, m := range t.APIServers {
		for _, p := range proxies {
			if m.Host == p {
				t.Proxies = append(t.Proxies, m)
			}
		}
	}
	return t
}

// rendered are the configurations that have golden files.
func rendered(t *testing.T) map[string]bootstrap.Proxy {
	t.Helper()
	out := map[string]bootstrap.Proxy{}
	for name, topology := range map[string]topology{
		"three":  sample("demo-cp1", "demo-cp2", "demo-cp3"),
		"single": sample("demo-cp2"),
	} {
		if name == "three" {
			topology.Published = []Published{{"http", 80, 30080}, {"https", 443, 30081}}
		}
		p, err := topology.render("demo-cp2")
		if err != nil {
			t.Fatal(err)
		}
		out[name] = p
	}
	return out
}

func TestRender(t *testing.T) {
	for name, p := range rendered(t) {
		golden.Assert(t, name+".haproxy.cfg", p.HAProxy)
		golden.Assert(t, name+".keepalived.conf", p.Keepalived)
		if p.Address.String() != "10.0.0.12" {
			t.Errorf("%s: own address = %s", name, p.Address)
		}
	}
}

// Two equal priorities, or one that a frozen holder's exceeds after all, would
// let the address move for no reason.
func TestPriorities(t *testing.T) {
	var all []member
	for _, host := range strings.Split("abcdefghi", "") {
		all = append(all, member{host, "10.0.0.1"})
	}
	if len(all) != maxProxies {
		t.Fatalf("%d proxies in this test, want %d", len(all), maxProxies)
	}
	top := topology{Proxies: all, APIServers: all}
	seen := map[string]bool{}
	for _, m := range all {
		p, err := top.render(m.Host)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(p.Keepalived, "\n    priority ")
		priority, _, _ := strings.Cut(rest, "\n")
		seen[priority] = true
	}
	spread := priorityStep * (len(all) - 1)
	if highest := basePriority + priorityStep*len(all) + rankWeight; len(seen) != len(all) || spread >= rankWeight || highest > 254 {
		t.Errorf("%d priorities for %d proxies, %d apart, the highest %d", len(seen), len(all), spread, highest)
	}
	if lowest := basePriority + priorityStep - minorityWeight; lowest < 1 || minorityWeight <= rankWeight+spread {
		t.Errorf("who is cut off ranks %d lower, down to %d", minorityWeight, lowest)
	}
}

// The programs themselves are the judges.
func TestConfigurationsAreValid(t *testing.T) {
	for name, p := range rendered(t) {
		ca, err := filepath.Abs("../../internal/bootstrap/testdata/ca.crt")
		if err != nil {
			t.Fatal(err)
		}
		judge(t, name+".haproxy.cfg", strings.ReplaceAll(p.HAProxy, "/etc/slipway/pki/ca.crt", ca), "haproxy", "-c", "-f")
		// Its own files are not on this machine.
		keepalived := strings.NewReplacer(bootstrap.InterfaceToken, networkInterface(t), "/etc/keepalived/proxy-", "/bin/true ").Replace(p.Keepalived)
		judge(t, name+".keepalived.conf", keepalived, "keepalived", "-t", "-f")
	}
}

// networkInterface is any that Keepalived accepts.
func networkInterface(t *testing.T) string {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback == 0 && i.Flags&net.FlagMulticast != 0 {
			return i.Name
		}
	}
	t.Skip("there is no network interface")
	return ""
}

func judge(t *testing.T, name, text string, command ...string) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%s is not installed", command[0])
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(command[0], append(command[1:], file)...).CombinedOutput(); err != nil {
		t.Errorf("%s refuses %s: %v\n%s", command[0], name, err, out)
	}
}
