package bootstrap

import (
	"strings"
	"testing"
)

const kubeadmCalls = "/var/log/kubeadm-calls"

// newNode is a sandbox with a node's files, a kubeadm that does as $outcome
// says, and an API that does not answer.
func newNode(t *testing.T, p Params, outcome string) *sandbox {
	s := newSandbox(t)
	s.install(p)
	s.fakeKubeadm(outcome)
	s.fake("curl", "exit 7")
	s.fake("kubectl", "exit 0")
	return s
}

// The cluster is there when its API is, also where a former attempt was cut
// between the two.
func TestInitWaitsForTheAPI(t *testing.T) {
	s := newNode(t, sampleControlPlane(t), "exit 0")
	s.fake("kubectl", `case "$*" in *verbose*) echo '[-]etcd failed' ;; esac; exit 1`)
	s.shorten("wait-api.sh", "wait_until 300 ready", "wait_until 0 ready")
	for range 2 {
		out, err := s.run(Command(Init), "")
		if err == nil || s.calls() != "init" || !strings.Contains(out, "[-]etcd failed") || !strings.Contains(out, "the API at 10.0.0.10:6443 is not ready") {
			t.Errorf("%v, calls: %s\n%s", err, s.calls(), out)
		}
	}
}

func (s *sandbox) fakeKubeadm(outcome string) {
	s.fake("kubeadm", `if [ "$2" = phase ]; then
  mkdir -p /etc/kubernetes; exit
fi
echo "$1" >>`+kubeadmCalls+`; echo "${*: -1}" >/var/log/kubeadm-config
[ "$1" != reset ] || { rm -rf /etc/kubernetes; exit; }
[ "$1" = join ] || [ -s /etc/kubernetes/pki/ca.key ] || exit 9
echo "[bootstrap-token] Using token: abcdef.0123456789abcdef"
mkdir -p /etc/kubernetes; touch /etc/kubernetes/kubelet.conf
`+outcome)
}

func (s *sandbox) calls() string {
	if !s.exists(kubeadmCalls) {
		return ""
	}
	return strings.Join(strings.Fields(s.read(kubeadmCalls)), " ")
}

func TestInitRunsOnce(t *testing.T) {
	s := newNode(t, sampleControlPlane(t), "exit 0")
	s.must(Init, "")
	out := s.must(Init, "")
	if s.calls() != "init" || !strings.Contains(out, "exists already") {
		t.Errorf("calls: %s\n%s", s.calls(), out)
	}
	if s.read("/etc/kubernetes/pki/etcd/ca.key") != "etcd ca key\n" {
		t.Error("the keys are not where kubeadm looks for them")
	}
}

func TestInitContinuesAfterACut(t *testing.T) {
	s := newNode(t, sampleControlPlane(t), "kill -9 $PPID $$") // its timeout(1), and itself
	if out, err := s.run(Command(Init), ""); err == nil {
		t.Fatalf("init succeeded\n%s", out)
	}
	s.fakeKubeadm("exit 0")
	s.must(Init, "")
	if want := "init reset init"; s.calls() != want {
		t.Errorf("calls: %s, want %s", s.calls(), want)
	}
}

func TestInitFailureSaysWhereToLookAndHidesTheToken(t *testing.T) {
	s := newNode(t, sampleControlPlane(t), "echo 'error: no space left on device'; exit 1")
	out, err := s.run(Command(Init), "")
	if err == nil {
		t.Fatal("init succeeded")
	}
	for _, want := range []string{
		"error: no space left on device",
		"slipway: dev-cp1: init: kubeadm init failed with status 1; look at /var/log/slipway/init.log",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if log := s.read("/var/log/slipway/init.log"); strings.Contains(out+log, "abcdef.0123456789abcdef") || !strings.Contains(log, "<token>") {
		t.Errorf("the token shows:\n%s\nlog:\n%s", out, log)
	}
}

func TestInitRefusesAForeignNode(t *testing.T) {
	s := newNode(t, sampleControlPlane(t), "exit 0")
	s.write("/var/lib/etcd/member/snap/db", "someone's")
	out, err := s.run(Command(Init), "")
	if err == nil || !strings.Contains(out, "holds a Kubernetes node that Slipway did not make; look at /var/lib/etcd/member") || s.calls() != "" {
		t.Errorf("%v, calls: %s\n%s", err, s.calls(), out)
	}
}

func TestJoinRunsOnce(t *testing.T) {
	s := newNode(t, sampleWorker(t), "exit 0")
	s.fake("curl", "exit 0")
	s.must(Join, "")
	s.must(Join, "")
	if s.calls() != "join" || s.read("/var/log/kubeadm-config") != "/etc/slipway/kubeadm.yaml\n" || s.exists("/etc/kubernetes/pki/ca.crt") {
		t.Errorf("calls: %s; kubeadm wants to place the authority itself", s.calls())
	}
}

func TestJoinRefusesAnotherCluster(t *testing.T) {
	s := newNode(t, sampleWorker(t), "exit 0")
	s.write("/var/lib/slipway/join.done", "dev-pool-w1 sha256:another\n")
	out, err := s.run(Command(Join), "")
	if err == nil || !strings.Contains(out, "dev-pool-w1: join: this machine is a node of another cluster") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestJoinIsTriedAgain(t *testing.T) {
	s := newNode(t, sampleWorker(t), "[ -e /var/log/second ] || { touch /var/log/second; echo 'error: a leader election'; exit 1; }")
	s.fake("curl", "exit 0")
	out := s.must(Join, "")
	if s.calls() != "join reset join" || !strings.Contains(out, "a leader election") {
		t.Errorf("calls: %s\n%s", s.calls(), out)
	}
}

func TestJoinIsNotTriedForEver(t *testing.T) {
	for outcome, calls := range map[string]string{
		"exit 1": "join reset join reset join",
		"echo '[preflight] Some fatal errors occurred:'; exit 1": "join",
	} {
		s := newNode(t, sampleWorker(t), outcome)
		s.fake("curl", "exit 0")
		if out, err := s.run(Command(Join), ""); err == nil || s.calls() != calls || !strings.Contains(out, "kubeadm join failed with status 1") {
			t.Errorf("%s: %v, calls: %s\n%s", outcome, err, s.calls(), out)
		}
	}
}

// The API servers restart when they get new settings: once without an answer
// says nothing about the node.
func TestMemberWaitsForTheAPI(t *testing.T) {
	command, err := MemberCommand("h2")
	if err != nil {
		t.Fatal(err)
	}
	s := newNode(t, sampleControlPlane(t), "exit 0")
	s.fake("kubectl", `echo "$4 $5" >>/var/log/kubectl; [ -e /var/lib/answers ] || { touch /var/lib/answers; echo "connection refused" >&2; exit 1; }`)
	if out, err := s.run(command, ""); err != nil || strings.Count(s.read("/var/log/kubectl"), "node h2\n") != 2 {
		t.Errorf("%v: %s\nkubectl was asked\n%s", err, out, s.read("/var/log/kubectl"))
	}
	s.fake("kubectl", `echo 'nodes "h2" not found' >&2; exit 1`)
	s.shorten("member.sh", "wait_until 120", "wait_until 0")
	if out, err := s.run(command, ""); err == nil || !strings.Contains(out, `h2 is not registered with the cluster: nodes "h2" not found; look at `) {
		t.Errorf("%v: %s", err, out)
	}
}
