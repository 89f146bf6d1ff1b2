package vip

import (
	"crypto/tls"
	"fmt"
	"net"
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
// namespaces, takes its holder away in every way, and gives it back. The first
// of two backups is nearly always the one with the higher priority, but its lead
// is only 20 ms: on a busy machine it may be the other one.
func TestFailover(t *testing.T) {
	if os.Getenv(inside) == "" {
		t.Parallel()
		runInside(t)
		return
	}
	l := newLAN(t)
	n1 := l.machines[0] // has the highest priority

	n1.boot()
	n1.configure(l.among(n1), l.ca)
	l.eventually("a proxy alone holds the address", func() bool { return n1.holds(l.vip) })
	now := time.Now()
	l.eventually("it answers", func() bool { return l.client.answeredAfter(now) })
	l.client.longest()

	for _, m := range l.machines[1:] {
		m.boot()
	}
	l.configure()
	l.stays(n1, "two more proxies join")
	if out := n1.configure(l.among(l.machines...), l.ca); strings.Contains(out, "has its configuration") {
		t.Errorf("an unchanged configuration was taken in again:\n%s", out)
	}

	if err := l.servers[0].Close(); err != nil {
		t.Fatal(err)
	}
	l.eventually("the API server counts as down", func() bool { return strings.Contains(n1.read("/var/log/haproxy.log"), "cp1 is DOWN") })
	l.stays(n1, "an API server dies")
	l.returnsSlowly(n1)

	ended := n1.connect(netip.AddrPortFrom(l.vip, vipPort))
	n1.signal(syscall.SIGSTOP)
	holder := l.moves(n1, "the holder is frozen")
	n1.signal(syscall.SIGCONT)
	l.eventually("its own connections to the address end", ended)
	l.settle()
	l.stays(holder, "the former holder goes on")

	former := holder
	former.cutPower()
	holder = l.moves(former, "the holder loses power")
	former.boot()
	former.run("systemctl reload-or-restart haproxy; systemctl reload-or-restart keepalived", "")
	l.settle()
	l.stays(holder, "the former holder boots")

	former = holder
	former.plug(false)
	holder = l.moves(former, "the holder is cut off")
	// Back at once: it has to know already that it was away.
	former.plug(true)
	l.settle()
	l.stays(holder, "the former holder is back")

	former.signal(syscall.SIGSTOP)
	time.Sleep(4 * time.Second) // longer than a backup waits for a sign of the holder
	former.signal(syscall.SIGCONT)
	l.settle()
	l.stays(holder, "a backup was frozen")

	former = holder
	former.run("kill -KILL $(cat /run/haproxy.pid)", "")
	holder = l.moves(former, "the holder's HAProxy dies")
	former.run("systemctl reload-or-restart haproxy", "")
	l.settle()
	l.stays(holder, "it runs again")

	former = holder
	former.run("rm -r /etc/slipway/proxy", "")
	former.run(bootstrap.Command(bootstrap.StopProxy), "")
	holder = l.moves(former, "the holder is removed")
	l.machines = slices.DeleteFunc(l.machines, func(m *proxy) bool { return m == former })
	l.configure()
	l.stays(holder, "the others learn of it")
	for _, server := range l.servers[1:] {
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
	}
	l.eventually("nobody wants the address when no API server is left", func() bool {
		return !slices.ContainsFunc(l.machines, func(m *proxy) bool { return m.holds(l.vip) })
	})
	for _, service := range []string{"keepalived", "haproxy"} {
		l.eventually("a removed proxy stops "+service, func() bool { return former.command("systemctl is-active "+service).Run() != nil })
		if log := former.read("/var/log/systemctl"); !strings.Contains(log, service+" disable\n") {
			t.Errorf("a removed proxy starts %s at the next boot:\n%s", service, log)
		}
	}
}

// runInside runs the test again in namespaces of its own, which take everything
// with them that it started.
func runInside(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("making network namespaces takes root")
	}
	for _, name := range []string{"haproxy", "keepalived", "ip", "bridge", "nsenter", "unshare"} {
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
	cert     tls.Certificate // of API servers
	vip      netip.Addr
	servers  []*http.Server
	machines []*proxy
	client   *client
}

const apiPort, vipPort = 6443, 8443

func newLAN(t *testing.T) *lan {
	l := &lan{t: t, vip: netip.MustParseAddr("10.99.0.10")}
	ip(t, "link set lo up")
	// Without an address of its own a bridge takes the lowest of its ports': another one when a machine boots.
	ip(t, "link add lan address 02:00:00:00:00:01 type bridge")
	ip(t, "link set lan up")
	ip(t, "address add 10.99.0.1/24 dev lan")
	l.ca, l.cert = authority(t, l.vip)
	for i := 1; i <= 3; i++ {
		ip(t, fmt.Sprintf("address add 10.99.0.10%d/24 dev lan", i))
		l.servers = append(l.servers, serveAPI(t, apiServer(i), l.cert, answer))
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

// apiServer is where the nth API server is.
func apiServer(n int) string { return fmt.Sprintf("10.99.0.10%d:%d", n, apiPort) }

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

// configure tells all machines of each other, and waits until they agree.
func (l *lan) configure() {
	l.t.Helper()
	for _, m := range l.machines {
		m.configure(l.among(l.machines...), l.ca)
	}
	l.settle()
}

func (l *lan) eventually(what string, done func() bool) {
	l.t.Helper()
	eventually(l.t, 40*time.Second, what, done)
}

// settle waits until every proxy is holder or backup, and none outranks another
// any more: from then on nothing is left that could move the address.
func (l *lan) settle() {
	l.t.Helper()
	l.eventually("all is calm", func() bool {
		return !slices.ContainsFunc(l.machines, func(m *proxy) bool { return !m.calm() })
	})
}

// moves waits for a new holder, checks how long there was none and returns it.
func (l *lan) moves(from *proxy, what string) (to *proxy) {
	l.t.Helper()
	moved := func() bool { to = l.holder(from); return to != nil }
	l.eventually(what, moved)
	back := time.Now()
	l.eventually(what+": the API answers", func() bool { return l.client.answeredAfter(back) })
	gap := l.client.longest()
	l.t.Logf("%s: %v without the API", what, gap.Round(time.Millisecond))
	if gap > takeover {
		l.t.Errorf("%s: %v without the API, want at most %v", what, gap, takeover)
	}
	l.eventually(what+": one of two gives way", moved)
	return to
}

// returnsSlowly has the first API server come back while clients have many connections
// to the others. At first it does not answer them: it must not get all that is new.
func (l *lan) returnsSlowly(through *proxy) {
	l.t.Helper()
	for range 60 {
		staying, err := net.Dial("tcp", netip.AddrPortFrom(l.vip, vipPort).String())
		if err != nil {
			l.t.Fatal(err)
		}
		defer staying.Close()
	}
	returned := serveAPI(l.t, apiServer(1), l.cert, answerChecks)
	l.eventually("the API server counts as up", func() bool { return strings.Contains(through.read("/var/log/haproxy.log"), "cp1 is UP") })
	before := l.client.answers()
	l.eventually("others answer meanwhile", func() bool { return l.client.answers() > before+50 })
	l.stays(through, "an API server comes back, and is slow")
	if err := returned.Close(); err != nil {
		l.t.Fatal(err)
	}
}

// holder returns the only other machine that holds the address, if there is just one.
func (l *lan) holder(but *proxy) (holder *proxy) {
	l.t.Helper()
	for _, m := range l.machines {
		switch {
		case m == but || !m.holds(l.vip):
		case holder != nil:
			return nil
		default:
			holder = m
		}
	}
	return holder
}

// stays checks that the address is where it was, and was so nearly all the time.
func (l *lan) stays(at *proxy, what string) {
	l.t.Helper()
	gap := l.client.longest()
	l.t.Logf("%s: %v without the API", what, gap.Round(time.Millisecond))
	if gap > undisturbed {
		l.t.Errorf("%s: %v without the API, want at most %v", what, gap, undisturbed)
	}
	if holder := l.holder(nil); holder != at {
		l.t.Errorf("%s: %s does not hold the address, or not alone", what, at.host)
	}
}
