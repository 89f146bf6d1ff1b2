package bootstrap

import (
	"strings"
	"testing"
)

// newControlPlane is a sandbox whose kubectl is the given script.
func newControlPlane(t *testing.T, kubectl string) *sandbox {
	s := newSandbox(t)
	s.install(sampleControlPlane(t))
	s.fake("kubectl", kubectl)
	return s
}

func TestWaitNodes(t *testing.T) {
	// Each round something more is there.
	s := newControlPlane(t, `case "$*" in
"get nodes"*) n=$(cat /run/round 2>/dev/null || echo 0); echo $((n + 1)) >/run/round
  printf 'dev-cp1\tDiskPressure\tFalse\tenough\ndev-cp1\tReady\tTrue\tfine\n'
  case $n in 0) ;; 1) printf 'dev-w1\tReady\tFalse\tno CNI configuration\n' ;; *) printf 'dev-w1\tReady\tTrue\tfine\n' ;; esac ;;
"get deployments"*) case $(cat /run/round) in 4) printf 'coredns\t2\t2\n' ;; *) printf 'coredns\t2\t1\n' ;; esac ;;
esac`)
	out := s.must(WaitNodes, "dev-cp1\ndev-w1\n")
	for _, want := range []string{
		"waiting for 2: node dev-w1: not registered",
		"waiting for 1: deployment kube-system/coredns: 1 of 2 available",
		"slipway: dev-cp1: wait-nodes: 2 nodes are Ready",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

func TestWaitNodesSaysWhatIsMissingWhenTimeIsUp(t *testing.T) {
	s := newControlPlane(t, `case "$*" in
"get nodes"*) printf 'dev-cp1\tReady\tTrue\tfine\ndev-cp1\tDiskPressure\tTrue\tkubelet has disk pressure\ndev-w1\tReady\tFalse\tno CNI configuration\n' ;;
"get pods"*) echo 'kube-flannel-ds-abc Pending' ;;
esac`)
	s.shorten("wait-nodes.sh", "limit=600", "limit=0")
	out, err := s.run(Command(WaitNodes), "dev-cp1\ndev-w1\ndev-w2\n")
	for _, want := range []string{
		"node dev-cp1: DiskPressure: kubelet has disk pressure\nnode dev-w1: no CNI configuration\nnode dev-w2: not registered\n",
		"kube-flannel-ds-abc Pending",
		"slipway: dev-cp1: wait-nodes: not everything is ready after 0 minutes: node dev-cp1: DiskPressure: kubelet has disk pressure;node dev-w1: no CNI configuration;node dev-w2: not registered",
	} {
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("no %q in: %v\n%s", want, err, out)
		}
	}
}

func TestWaitNodesNeedsNames(t *testing.T) {
	s := newControlPlane(t, "exit 0")
	if out, err := s.run(Command(WaitNodes), "\n"); err == nil || !strings.Contains(out, "no node was named") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAdmitPassesTheTokenThroughAPipe(t *testing.T) {
	s := newControlPlane(t, `printf '%s\n' "$*" >/var/log/args; cat >/var/log/manifest`)
	out := s.must(Admit, "")
	if strings.Contains(out+s.read("/var/log/args"), "0123456789abcdef") {
		t.Errorf("the token shows in the output or a command line:\n%s", out)
	}
	if m := s.read("/var/log/manifest"); !strings.Contains(m, `token-secret: "0123456789abcdef"`) || !strings.Contains(m, "name: bootstrap-token-abcdef,") {
		t.Errorf("manifest:\n%s", m)
	}
}

func TestDrain(t *testing.T) {
	s := newControlPlane(t, `echo "$1 $2 $3" >>/var/log/kubectl; case "$*" in "get node gone"*) ;; "get node stuck"*) echo node/stuck ;;
"drain stuck"*) echo 'error when evicting pods/"db-0": Cannot evict pod as it would violate the disruption budget.'; exit 1 ;;
"get node"*) echo node/dev-w1 ;; esac`)
	for _, test := range []struct{ node, calls, out string }{
		{"gone", "get node gone", "gone is not in the cluster"},
		{"dev-w1", "get node dev-w1\ndrain dev-w1 --ignore-daemonsets\ndelete node dev-w1", "removed dev-w1"},
		{"stuck", "get node stuck\ndrain stuck --ignore-daemonsets", "would violate the disruption budget"},
	} {
		s.write("/var/log/kubectl", "")
		command, err := DrainCommand(test.node)
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.run(command, "")
		if (err != nil) != (test.node == "stuck") || !strings.Contains(out, test.out) || strings.TrimSpace(s.read("/var/log/kubectl")) != test.calls {
			t.Errorf("%s: %v\n%s\ncalls:\n%s", test.node, err, out, s.read("/var/log/kubectl"))
		}
	}
}
