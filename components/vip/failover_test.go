package vip

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/internal/bootstrap"
)

// inside is set in the process that has a network for itself.
const inside = "SLIPWAY_TEST_LAN"

// How long the API may be out of reach when the address moves, and when it stays.
const (
	takeover    = 5 * time.Second
	undisturbed = 2 * time.Second
)

// TestFailover lets the real programs hold an address in three network
// namespaces, takes its holder away in every way, and gives it back. Whenever
// it could move back for no reason, the one that is back has the highest priority.
func TestFailover(t *testing.T) {
	if os.Getenv(inside) == "" {
		t.Parallel()
		runInside(t)
		return
	}
	l := newLAN(t)
	n1, n2, n3 := l.machines[0], l.machines[1], l.machines[2]

	n1.boot()
	n1.configure(l.among(n1), l.ca)
	l.eventually("a proxy alone holds the address", func() bool { return n1.holds(l.vip) })
	now := time.Now()
	l.eventually("it answers", func() bool { return l.client.answeredAfter(now) })
	l.client.longest()

	n2.boot()
	n3.boot()
	for _, m := range l.machines {
		m.configure(l.among(l.machines...), l.ca)
	}
	l.settle()
	l.stays(n1, "two more proxies join")
	if out := n1.configure(l.among(l.machines...), l.ca); strings.Contains(out, "has its configuration") {
		t.Errorf("an unchanged configuration was taken in again:\n%s", out)
	}

	if err := l.servers[0].Close(); err != nil {
		t.Fatal(err)
	}
	l.eventually("the API server counts as down", func() bool { return strings.Contains(n1.read("/var/log/haproxy.log"), "cp1 is DOWN") })
	l.stays(n1, "an API server dies")

	ended := n1.connect(netip.AddrPortFrom(l.vip, vipPort))
	n1.signal(syscall.SIGSTOP)
	l.moves(n2, "the holder is frozen")
	n1.signal(syscall.SIGCONT)
	l.eventually("its own connections to the address end", ended)
	l.settle()
	l.stays(n2, "the former holder goes on")

	n2.cutPower()
	l.moves(n1, "the holder loses power")
	n2.boot()
	n2.run("systemctl reload-or-restart haproxy; systemctl reload-or-restart keepalived", "")
	l.settle()
	l.stays(n1, "the former holder boots")

	n1.plug(false)
	l.moves(n2, "the holder is cut off")
	n1.plug(true)
	l.settle()
	l.stays(n2, "the former holder is back")

	n1.signal(syscall.SIGSTOP)
	time.Sleep(4 * time.Second) // longer than a backup waits for a sign of the holder
	n1.signal(syscall.SIGCONT)
	l.settle()
	l.stays(n2, "a backup was frozen")

	n1.run("rm -r /etc/slipway/proxy", "")
	n1.run(bootstrap.Command(bootstrap.StopProxy), "")
	l.machines = l.machines[1:]
	for _, m := range l.machines {
		m.configure(l.among(l.machines...), l.ca)
	}
	l.settle()
	l.stays(n2, "a proxy is removed")
	if log := n1.read("/var/log/systemctl"); !strings.HasSuffix(log, "keepalived disable\nhaproxy disable\n") {
		t.Errorf("a removed proxy goes on:\n%s", log)
	}
}

// runInside runs the test again in namespaces of its own, which take everything
// with them that it started.
func runInside(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("making network namespaces takes root")
	}
	for _, name := range []string{"haproxy", "keepalived", "curl", "ip", "bridge", "nsenter", "unshare"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
	cmd := exec.Command("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", os.Args[0], "-test.run=^TestFailover$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"=1")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

// lan is a network with three API servers, three proxies and a client.
type lan struct {
	t        *testing.T
	ca       string
	vip      netip.Addr
	servers  []*http.Server
	machines []*proxy
	client   *client
}

const apiPort, vipPort = 6443, 8443

func newLAN(t *testing.T) *lan {
	l := &lan{t: t, vip: netip.MustParseAddr("10.99.0.10")}
	ip(t, "link set lo up")
	ip(t, "link add lan type bridge")
	ip(t, "link set lan up")
	ip(t, "address add 10.99.0.1/24 dev lan")
	var cert tls.Certificate
	l.ca, cert = authority(t, l.vip)
	for i := 1; i <= 3; i++ {
		server := fmt.Sprintf("10.99.0.10%d", i)
		ip(t, "address add "+server+"/24 dev lan")
		l.servers = append(l.servers, serveAPI(t, fmt.Sprintf("%s:%d", server, apiPort), cert))
		l.machines = append(l.machines, newProxy(t, fmt.Sprintf("n%d", i), fmt.Sprintf("10.99.0.1%d", i)))
	}
	l.client = newClient(t, fmt.Sprintf("https://%s:%d/readyz", l.vip, vipPort), l.ca)
	t.Cleanup(func() {
		for _, m := range l.machines {
			if t.Failed() {
				t.Logf("%s:\n%s\n%s", m.host, m.read("/var/log/haproxy.log"), m.read(keepalivedLog))
			}
		}
	})
	return l
}

func ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", args, err, out)
	}
}

// among is the configuration of proxies in front of all API servers.
func (l *lan) among(proxies ...*proxy) topology {
	top := topology{Address: l.vip, Port: vipPort, APIServerPort: apiPort, VirtualRouterID: 51}
	for _, m := range proxies {
		top.Proxies = append(top.Proxies, member{m.host, m.address})
	}
	for i := range l.servers {
		top.APIServers = append(top.APIServers, member{fmt.Sprintf("cp%d", i+1), fmt.Sprintf("10.99.0.10%d", i+1)})
	}
	return top
}

func (l *lan) eventually(what string, done func() bool) {
	l.t.Helper()
	eventually(l.t, 20*time.Second, what, done)
}

// settle waits until every proxy is holder or backup, and none outranks another
// any more: from then on nothing is left that could move the address.
func (l *lan) settle() {
	l.t.Helper()
	l.eventually("all is calm", func() bool {
		return !slices.ContainsFunc(l.machines, func(m *proxy) bool { return !m.calm() })
	})
}

// moves waits for the new holder and checks how long there was none.
func (l *lan) moves(to *proxy, what string) {
	l.t.Helper()
	l.eventually(what, func() bool { return to.holds(l.vip) })
	back := time.Now()
	l.eventually(what+": the API answers", func() bool { return l.client.answeredAfter(back) })
	gap := l.client.longest()
	l.t.Logf("%s: %v without the API", what, gap.Round(time.Millisecond))
	if gap > takeover {
		l.t.Errorf("%s: %v without the API, want at most %v", what, gap, takeover)
	}
}

// stays checks that the address is where it was, and was so nearly all the time.
func (l *lan) stays(at *proxy, what string) {
	l.t.Helper()
	gap := l.client.longest()
	l.t.Logf("%s: %v without the API", what, gap.Round(time.Millisecond))
	if gap > undisturbed {
		l.t.Errorf("%s: %v without the API, want at most %v", what, gap, undisturbed)
	}
	for _, m := range l.machines {
		if m.holds(l.vip) != (m == at) {
			l.t.Errorf("%s: %s holds the address: %v", what, m.host, m != at)
		}
	}
}
