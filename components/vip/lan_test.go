package vip

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
)

// proxy is a machine on the bridge of the test: namespaces of its own, its own
// changeable folders, the files and scripts that a node gets, and for systemctl
// a script that starts the real programs.
type proxy struct {
	t             *testing.T
	host, address string
	root          string
	init          *exec.Cmd // the process that its life hangs on
}

const systemctl = `#!/bin/bash
exec 9>&-
words=()
for word; do case $word in --*) ;; *) words+=("$word") ;; esac; done
service=${words[1]}
running() { [ -e "/proc/$(cat "/run/$service.pid" 2>/dev/null)/exe" ]; } # one that ended has none, though nobody collects it
start() {
  case $service in
  haproxy) setsid haproxy -W -f /etc/haproxy/haproxy.cfg -p /run/haproxy.pid </dev/null >>/var/log/haproxy.log 2>&1 & ;;
  keepalived) setsid keepalived --dont-fork --log-console --log-detail </dev/null >>/var/log/keepalived.log 2>&1 & ;;
  esac
}
reload() { case $service in haproxy) kill -USR2 "$(cat /run/haproxy.pid)" ;; keepalived) kill -HUP "$(cat /run/keepalived.pid)" ;; esac; }
echo "$service ${words[0]}" >>/var/log/systemctl
case ${words[0]} in
is-active) running ;;
reload) reload ;;
reload-or-restart) if running; then reload; else start; fi ;;
disable) kill "$(cat "/run/$service.pid")" ;;
esac
`

// newProxy has an empty disk and is not running.
func newProxy(t *testing.T, host, address string) *proxy {
	t.Helper()
	m := &proxy{t: t, host: host, address: address, root: t.TempDir()}
	// A user database for haproxy and libraries' settings; nothing of a real Keepalived.
	m.must(exec.Command("cp", "-a", "/etc", m.root))
	m.must(exec.Command("rm", "-rf", m.root+"/etc/keepalived", m.root+"/etc/slipway"))
	for _, dir := range []string{"etc/keepalived", "var/lib/haproxy", "var/log", "usr/local/bin"} {
		if err := os.MkdirAll(filepath.Join(m.root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	m.write("/usr/local/bin/systemctl", systemctl)
	m.write("/usr/local/bin/sudo", "#!/bin/bash\nshift\nexec \"$@\"\n")
	return m
}

func (m *proxy) write(path, text string) {
	m.t.Helper()
	if err := os.WriteFile(m.root+path, []byte(text), 0o755); err != nil {
		m.t.Fatal(err)
	}
}

func (m *proxy) must(cmd *exec.Cmd) string {
	m.t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s: %s: %v\n%s", m.host, strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// boot plugs the machine into the bridge.
func (m *proxy) boot() {
	m.t.Helper()
	_ = os.Remove(m.root + keepalivedLog) // is read for the state it is in
	m.init = exec.Command("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", `
for dir in /etc /var/lib /var/log /usr/local; do mount --bind "$0$dir" $dir; done
mount -t tmpfs tmpfs /run
ip link set lo up
exec sleep infinity`, m.root)
	if err := m.init.Start(); err != nil {
		m.t.Fatal(err)
	}
	eventually(m.t, 10*time.Second, m.host+" boots", func() bool {
		name, _ := os.ReadFile("/proc/" + m.pid() + "/comm")
		return string(name) == "sleep\n"
	})
	m.must(exec.Command("ip", "link", "add", m.host, "type", "veth", "peer", "name", "eth7", "netns", m.pid()))
	m.must(exec.Command("ip", "link", "set", m.host, "master", "lan", "up"))
	m.run("ip address add "+m.address+"/24 dev eth7 && ip link set eth7 up", "")
}

// pid is that of the machine's first process, which is the only child of its unshare.
func (m *proxy) pid() string {
	self := strconv.Itoa(m.init.Process.Pid)
	children, _ := os.ReadFile("/proc/" + self + "/task/" + self + "/children")
	return strings.TrimSpace(string(children))
}

// run runs a command line on the machine.
func (m *proxy) run(command, stdin string) string {
	m.t.Helper()
	cmd := m.command(command)
	cmd.Stdin = strings.NewReader(stdin)
	return m.must(cmd)
}

func (m *proxy) command(line string) *exec.Cmd {
	cmd := exec.Command("nsenter", "--target", m.pid(), "--mount", "--net", "--pid", "bash", "-c", line)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
	return cmd
}

// configure gives the machine the configuration and runs the step.
func (m *proxy) configure(t topology, ca string) string {
	m.t.Helper()
	config, err := t.render(m.host)
	if err != nil {
		m.t.Fatal(err)
	}
	files, err := bootstrap.Files(bootstrap.Params{Node: m.host, Role: artifacts.Proxy, CACert: ca, Proxy: &config})
	if err != nil {
		m.t.Fatal(err)
	}
	archive, err := bootstrap.Archive(files)
	if err != nil {
		m.t.Fatal(err)
	}
	m.run(bootstrap.InstallCommand, archive)
	return m.run(bootstrap.Command(bootstrap.StartProxy), "")
}

// connect opens a connection from the machine and returns whether it has ended.
func (m *proxy) connect(to netip.AddrPort) (ended func() bool) {
	m.t.Helper()
	exists := func(path string) func() bool { return func() bool { return m.command("test -e "+path).Run() == nil } }
	m.run(fmt.Sprintf("(exec 3<>/dev/tcp/%s/%d; touch /run/open; cat <&3; touch /run/ended) >/dev/null 2>&1 &", to.Addr(), to.Port()), "")
	eventually(m.t, 5*time.Second, "the connection is open", exists("/run/open"))
	return exists("/run/ended")
}

// holds tells whether the machine has an address.
func (m *proxy) holds(address netip.Addr) bool {
	return m.run("ip -o address show to "+address.String(), "") != ""
}

// cutPower ends everything on the machine at once; its disk stays.
func (m *proxy) cutPower() {
	m.t.Helper()
	_ = m.init.Process.Kill()
	_ = m.init.Wait()
	_ = exec.Command("ip", "link", "delete", m.host).Run() // the kernel may have been faster
}

// plug connects or cuts the machine's cable at the switch, which it does not notice.
func (m *proxy) plug(in bool) {
	state := map[bool]string{true: "3", false: "0"}[in]
	m.must(exec.Command("bridge", "link", "set", "dev", m.host, "state", state))
}

// signal reaches all processes of the machine.
func (m *proxy) signal(s syscall.Signal) {
	m.t.Helper()
	space, err := os.Readlink("/proc/" + m.pid() + "/ns/pid")
	if err != nil {
		m.t.Fatal(err)
	}
	paths, _ := filepath.Glob("/proc/[0-9]*/ns/pid")
	for _, path := range paths {
		if other, _ := os.Readlink(path); other == space {
			pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
			_ = syscall.Kill(pid, s) // it may have ended
		}
	}
}

// read returns a file of the machine, or nothing.
func (m *proxy) read(path string) string {
	text, _ := os.ReadFile(m.root + path)
	return string(text)
}

const keepalivedLog = "/var/log/keepalived.log"

var (
	entered = regexp.MustCompile(`Entering (\w+) STATE`)
	ranked  = regexp.MustCompile(`VRRP_Script\(rank\) (?:considered )?(\w+)`)
	joined  = regexp.MustCompile(`VRRP_Script\(majority\) (?:considered )?(\w+)`)
)

// calm tells whether the machine is holder or backup, outranks nobody and is
// not outranked.
func (m *proxy) calm() bool {
	log := m.read(keepalivedLog)
	last := func(what *regexp.Regexp) string {
		found := what.FindAllStringSubmatch(log, -1)
		if len(found) == 0 {
			return ""
		}
		return found[len(found)-1][1]
	}
	return slices.Contains([]string{"MASTER", "BACKUP"}, last(entered)) &&
		slices.Contains([]string{"", "failed", "unsuccessful"}, last(ranked)) &&
		slices.Contains([]string{"", "succeeded", "successful"}, last(joined))
}

func eventually(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}
