package bootstrap

import (
	"strings"
	"testing"
)

// fakeEtcdctl answers from the files members (member list) and healthy (one
// endpoint per line), and logs what it is asked.
const fakeEtcdctl = `at=$2; shift 8; echo "$at $*" >>/var/log/etcdctl
case "$*" in
"member list"*) cat /var/lib/members ;;
"endpoint health"*) grep -qxF "$at" /var/lib/healthy ;;
"member remove"*) sed -i "/^$3,/d" /var/lib/members ;;
esac`

// Three members, of which the node's own former one is dead.
const (
	members = "a1, started, dev-cp1, https://10.0.0.10:2380, https://10.0.0.10:2379, false\n" +
		"b2, started, dev-cp2, https://10.0.0.11:2380, https://10.0.0.11:2379, false\n" +
		"c3, started, dev-cp3, https://10.0.0.12:2380, https://10.0.0.12:2379, false\n"
	othersHealthy = "https://10.0.0.11:2379\nhttps://10.0.0.12:2379\n"
)

// newSuccessor is a new machine for a control plane of a cluster that exists.
func newSuccessor(t *testing.T) *sandbox {
	s := newNode(t, sampleControlPlane(t), "exit 0")
	s.fake("curl", "exit 0")
	s.fake("etcdctl", fakeEtcdctl)
	s.fake("kubectl", `echo "$1 $2 $3" >>/var/log/kubectl
case "$*" in "get pods"*) printf 'https://10.0.0.11:2379\nhttps://10.0.0.12:2379\n' ;; "get node"*) cat /var/lib/ready ;; apply*) cat >/dev/null ;; esac`)
	s.write("/var/lib/members", members)
	s.write("/var/lib/healthy", othersHealthy)
	s.write("/var/lib/ready", "Ready: Unknown")
	return s
}

// TestInitJoinsAClusterThatExists: the replaced machine of a first control plane
// has an empty disk, but its cluster lives on.
func TestInitJoinsAClusterThatExists(t *testing.T) {
	s := newSuccessor(t)
	s.must(Init, "")
	out := s.must(Init, "")
	if s.calls() != "join" || s.read("/var/log/kubeadm-config") != "/etc/slipway/join.yaml\n" || !strings.Contains(out, "exists already") {
		t.Errorf("calls: %s with %s\n%s", s.calls(), s.read("/var/log/kubeadm-config"), out)
	}
	const removed = "https://10.0.0.11:2379,https://10.0.0.12:2379 member remove a1\n"
	if log := s.read("/var/log/etcdctl"); strings.Count(log, "member remove") != 1 || !strings.Contains(log, removed) {
		t.Errorf("the former member, and only that, was to be removed:\n%s", log)
	}
	if log := s.read("/var/log/kubectl"); !strings.Contains(log, "delete node dev-cp1\napply --server-side") {
		t.Errorf("the former Node was to be deleted and the token renewed:\n%s", log)
	}
}

// There is nothing to delete where no machine of this name was.
func TestANewcomerDeletesNoNode(t *testing.T) {
	s := newSuccessor(t)
	s.write("/var/lib/ready", "")
	s.must(Join, "")
	if log := s.read("/var/log/kubectl"); strings.Contains(log, "delete") || !strings.Contains(log, "get node dev-cp1") {
		t.Errorf("kubectl was called with\n%s", log)
	}
}

// Without a majority of etcd no API server is ready, but the cluster is there.
func TestInitDoesNotTakeAPeerThatIsNotReadyForNothing(t *testing.T) {
	s := newSuccessor(t)
	s.fake("curl", `case "$*" in *--fail*) exit 22 ;; *10.0.0.12*) ;; *) exit 7 ;; esac`)
	s.shorten("membership.sh", "wait_until 300 api_answers", "wait_until 0 api_answers")
	out, err := s.run(Command(Init), "")
	if err == nil || s.calls() != "" || !strings.Contains(out, "the API does not answer at https://10.0.0.10:6443/readyz") {
		t.Errorf("%v, calls: %s\n%s", err, s.calls(), out)
	}
}

func TestASuccessorOfALearnerWithoutAName(t *testing.T) {
	s := newSuccessor(t)
	s.write("/var/lib/members", strings.Replace(members, "a1, started, dev-cp1, https://10.0.0.10:2380, https://10.0.0.10:2379, false", "a1, unstarted, , https://10.0.0.10:2380, , true", 1))
	s.must(Join, "")
	if log := s.read("/var/log/etcdctl"); !strings.Contains(log, "member remove a1\n") {
		t.Errorf("the learner that never started was to be removed:\n%s", log)
	}
}

func TestASuccessorRefuses(t *testing.T) {
	for name, test := range map[string]struct{ path, content, want string }{
		"a live member": {"/var/lib/healthy", othersHealthy + "https://10.0.0.10:2379\n", "etcd has a healthy member dev-cp1 at https://10.0.0.10:2379: another machine has this node's name or address"},
		"a lost quorum": {"/var/lib/healthy", "https://10.0.0.11:2379\n", "only 1 of 3 members of etcd are healthy, which is no majority"},
		"a learner for a voter": {"/var/lib/members", strings.Replace(strings.Replace(members, "c3, started, dev-cp3", "c3, started, dev-cp9", 1), ":2379, false\nc3", ":2379, true\nc3", 1),
			"only 1 of 2 members of etcd are healthy, which is no majority"},
		"a Node that is": {"/var/lib/ready", "Ready: True", "a node dev-cp1 is Ready in the cluster: another machine has this name"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSuccessor(t)
			s.write(test.path, test.content)
			s.shorten("forget.sh", "wait_until 120 not_ready", "wait_until 0 not_ready")
			out, err := s.run(Command(Join), "")
			if err == nil || !strings.Contains(out, test.want) || s.calls() != "" {
				t.Errorf("%v, calls: %s\n%s", err, s.calls(), out)
			}
			if strings.Contains(s.read("/var/log/kubectl"), "delete") || (name != "a Node that is" && strings.Contains(s.read("/var/log/etcdctl"), "remove")) {
				t.Error("something was removed all the same")
			}
		})
	}
}

// cut is a successor whose join was cut when its member was promoted already.
func cut(t *testing.T) *sandbox {
	s := newSuccessor(t)
	s.write("/var/lib/slipway/join.begun", "")
	s.write("/etc/kubernetes/manifests/etcd.yaml", "    - --initial-cluster=dev-cp2=https://10.0.0.11:2380,dev-cp1=https://10.0.0.10:2380,dev-cp3=https://10.0.0.12:2380\n")
	return s
}

func TestACutJoinLeavesEtcdBeforeItsDataGoes(t *testing.T) {
	s := cut(t)
	s.fake("etcdctl", fakeEtcdctl+"\ncase \"$*\" in \"member remove\"*) echo leave >>"+kubeadmCalls+" ;; esac")
	s.must(Join, "")
	if s.calls() != "leave reset join" {
		t.Errorf("calls: %s\n%s", s.calls(), s.read("/var/log/etcdctl"))
	}
}

func TestACutJoinKeepsItsDataWhenEtcdDoesNotAnswer(t *testing.T) {
	s := cut(t)
	s.fake("etcdctl", "echo 'Error: context deadline exceeded' >&2; exit 1")
	s.shorten("forget.sh", "wait_until 120 left", "wait_until 0 left")
	out, err := s.run(Command(Join), "")
	if err == nil || s.calls() != "" || !strings.Contains(out, "etcd does not let go of this machine's member, and may need its data: Error: context deadline exceeded") {
		t.Errorf("%v, calls: %s\n%s", err, s.calls(), out)
	}
}

func TestDedicatedEtcd(t *testing.T) {
	p := sampleControlPlane(t)
	p.EtcdClient = "kind: ClusterConfiguration\n"
	s := newNode(t, p, "exit 0")
	s.fake("kubeadm", `echo "$1 $2 $3 $4 $6" >>`+kubeadmCalls)
	s.must(Init, "")
	if got := s.read(kubeadmCalls); !strings.HasPrefix(got, "init phase certs apiserver-etcd-client /etc/slipway/etcd-client.yaml\ninit ") {
		t.Errorf("calls:\n%s", got)
	}
}
