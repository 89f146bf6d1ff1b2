package bootstrap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/internal/artifacts"
)

const snapshot = ScriptDir + "/etcd-snapshot.sh"

func newSnapshots(t *testing.T) *sandbox {
	s := newSandbox(t)
	s.install(sampleEtcd(t)) // keeps 3
	s.fake("etcdctl", `[ "$9 ${10}" = "snapshot save" ] && echo data >"${11}"`)
	s.fake("etcdutl", `[ "$1 $2" = "snapshot status" ] && [ -s "$3" ] && echo '{"hash":1,"totalKey":7}'`)
	return s
}

func (s *sandbox) snapshots() string {
	s.t.Helper()
	found, err := filepath.Glob(s.path("/var/lib/slipway/etcd-snapshots/*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return strings.Join(found, " ")
}

func TestSnapshot(t *testing.T) {
	s := newSnapshots(t)
	const folder = "/var/lib/slipway/etcd-snapshots/"
	for _, name := range []string{"etcd-20250101T000000Z-dev-etcd2.db", "etcd-20250102T000000Z-dev-etcd2.db", "etcd-20250103T000000Z-dev-etcd2.db", "partial.part"} {
		s.write(folder+name, "data")
	}
	if out, err := s.run(snapshot, ""); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	names := strings.Fields(s.snapshots())
	if len(names) != 3 || names[0] != "etcd-20250102T000000Z-dev-etcd2.db" || !strings.HasSuffix(names[2], "-dev-etcd2.db") {
		t.Errorf("there are %v", names)
	}
	for path, mode := range map[string]os.FileMode{folder: 0o700, folder + names[2]: 0o600} {
		if info, err := os.Stat(s.path(path)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v", path, info.Mode())
		}
	}
}

// A snapshot that is no good never takes the place of one that is.
func TestSnapshotFails(t *testing.T) {
	for name, test := range map[string]struct{ tool, body, want string }{
		"etcd is down": {"etcdctl", "echo half >${11}; echo 'Error: context deadline exceeded' >&2; exit 1", "etcd could not be saved: Error: context deadline exceeded"},
		"it is damaged": {"etcdutl", "echo 'Error: snapshot file integrity check failed' >&2; exit 1",
			"the snapshot is damaged: Error: snapshot file integrity check failed"},
		"it is empty": {"etcdutl", `echo '{"hash":0,"totalKey":0}'`, `the snapshot is empty: {"hash":0,"totalKey":0}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSnapshots(t)
			kept := "etcd-20250101T000000Z-dev-etcd2.db"
			s.write("/var/lib/slipway/etcd-snapshots/"+kept, "data")
			s.fake(test.tool, test.body)
			out, err := s.run(snapshot, "")
			if err == nil || !strings.Contains(out, test.want) || strings.Contains(strings.ReplaceAll(s.snapshots(), kept, ""), "etcd-") || !strings.Contains(s.snapshots(), kept) {
				t.Errorf("%v, there are %s\n%s", err, s.snapshots(), out)
			}
		})
	}
}

const founding = "a1, started, dev-etcd1, https://10.0.0.31:2380, https://10.0.0.31:2379, false\n" +
	"b2, started, dev-etcd2, https://10.0.0.32:2380, , false\n"

// newEtcdMember is a machine for a dedicated member, before the others started.
func newEtcdMember(t *testing.T) *sandbox {
	s := newSandbox(t)
	s.install(sampleEtcd(t))
	s.fake("kubeadm", `shift 2; echo "$*" >>`+kubeadmCalls)
	s.fake("systemctl", `echo "$*" >>`+kubeadmCalls)
	s.fake("etcdctl", `at=$2; shift 8; case "$*" in
"member list"*) [ "$at" = https://10.0.0.31:2379,https://10.0.0.33:2379 ] && cat /var/lib/members 2>/dev/null ;;
"endpoint health") [ "$at" = https://127.0.0.1:2379 ] ;; esac`)
	return s
}

func TestEtcdMember(t *testing.T) {
	const phases = `certs etcd-healthcheck-client --config /etc/slipway/kubeadm.yaml
certs etcd-server --config /etc/slipway/kubeadm.yaml
certs etcd-peer --config /etc/slipway/kubeadm.yaml
etcd local --config /etc/slipway/kubeadm.yaml
restart kubelet
`
	for name, members := range map[string]string{"alone yet": "", "awaited by the others": founding} {
		t.Run(name, func(t *testing.T) {
			s := newEtcdMember(t)
			if members != "" {
				s.write("/var/lib/members", members)
			}
			s.must(EtcdMember, "")
			out := s.must(EtcdMember, "")
			if got := s.read(kubeadmCalls); got != phases || !strings.Contains(out, "exists already") {
				t.Errorf("calls:\n%s\n%s", got, out)
			}
			if s.read("/var/lib/kubelet/config.yaml") != "kind: KubeletConfiguration\n" || s.read("/etc/kubernetes/pki/etcd/ca.key") != "etcd ca key\n" {
				t.Error("kubelet or etcd lack what they need")
			}
			if s.exists("/etc/kubernetes/pki/ca.crt") {
				t.Error("a dedicated member has nothing to do with the cluster's authority")
			}
		})
	}
}

func TestEtcdMemberContinuesAfterACut(t *testing.T) {
	s := newEtcdMember(t)
	s.write("/var/lib/slipway/etcd-member.begun", "")
	s.write("/var/lib/etcd/member/snap/db", "its own")
	s.write("/var/lib/members", strings.Replace(founding, ", , false", ", https://10.0.0.32:2379, false", 1))
	s.must(EtcdMember, "")
}

func TestEtcdMemberRefuses(t *testing.T) {
	for name, test := range map[string]struct{ path, content, want string }{
		"a member whose data is lost": {"/var/lib/members", strings.Replace(founding, ", , false", ", https://10.0.0.32:2379, false", 1),
			"etcd has this member already, but its data is not on this machine; a member cannot be replaced yet"},
		"an etcd without it": {"/var/lib/members", strings.Split(founding, "b2")[0], "etcd exists without this member; one cannot be added yet"},
		"foreign data":       {"/var/lib/etcd/member/snap/db", "someone's", "this machine holds data of etcd that Slipway did not put there"},
		"another cluster":    {"/var/lib/slipway/etcd-member.done", "dev-etcd2 sha256:another\n", "this machine is a member of another etcd cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newEtcdMember(t)
			s.write(test.path, test.content)
			out, err := s.run(Command(EtcdMember), "")
			if err == nil || !strings.Contains(out, test.want) {
				t.Errorf("no %q: %v\n%s", test.want, err, out)
			}
			if s.exists(kubeadmCalls) && strings.Contains(s.read(kubeadmCalls), "etcd local") {
				t.Error("etcd was started all the same")
			}
		})
	}
}

func TestDiskLatency(t *testing.T) {
	const latency = ScriptDir + "/disk-latency.sh"
	s := newSandbox(t)
	s.install(sampleEtcd(t))
	if out, err := s.run(latency, ""); err != nil || !strings.Contains(out, "a write to the disk of /var/lib/etcd takes ") {
		t.Errorf("%v\n%s", err, out)
	}
	if found, err := os.ReadDir(s.path("/var/lib/etcd")); err != nil || len(found) != 0 {
		t.Errorf("kubeadm wants an empty folder; there are %v, %v", found, err)
	}
	s.fake("dd", "sleep 0.15") // 15 ms for each of ten writes
	s.shorten("disk-latency.sh", "10000000", "300000")
	if out, err := s.run(latency, ""); err != nil || !strings.Contains(out, "WARNING: that is more than 10 ms") {
		t.Errorf("%v\n%s", err, out)
	}
	s.write("/var/lib/etcd/member/wal/0.wal", "")
	if out, err := s.run(latency, ""); err != nil || out != "" {
		t.Errorf("a member that runs was disturbed: %v\n%s", err, out)
	}
}

func TestEtcdToolsComeFromTheImage(t *testing.T) {
	s := newSandbox(t)
	s.install(sampleEtcd(t))
	s.write("/usr/local/bin/etcdctl", "an older one")
	s.fake("ctr", `echo "$3 $4" >>/var/log/ctr; case "$4" in mount) [ "$5" = registry.k8s.io/etcd:3.6.8-0 ] || exit 1
  mkdir -p "$6/usr/local/bin"; echo ctl >"$6/usr/local/bin/etcdctl"; echo utl >"$6/usr/local/bin/etcdutl" ;; esac`)
	const tools = ". " + ScriptDir + "/step.sh prepare; . " + ScriptDir + "/downloads.sh; . " + ScriptDir + "/images.sh; install_etcd_tools && readlink /usr/local/bin/etcdctl"
	for range 2 {
		if out, err := s.run(tools, ""); err != nil || s.read(artifacts.BinDir+"/etcdctl") != "ctl\n" || s.read(artifacts.BinDir+"/etcdutl") != "utl\n" {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if got := s.read("/var/log/ctr"); got != "images unmount\nimages mount\nimages unmount\n" {
		t.Errorf("calls:\n%s", got)
	}
	s.install(sampleWorker(t))
	if out, err := s.run(tools, ""); err != nil {
		t.Errorf("a worker has no etcd: %v\n%s", err, out)
	}
}
