package bootstrap

import (
	"strings"
	"testing"
)

// newClaimed is a claimed machine that became a control plane, with fakes that
// write down what is asked of the system.
func newClaimed(t *testing.T) *sandbox {
	s := newNode(t, sampleControlPlane(t), "exit 0")
	for _, name := range []string{"ip", "nft", "pkill", "findmnt", "iptables-restore", "ip6tables-restore"} {
		s.fake(name, "exit 0")
	}
	s.fake("iptables-save", `printf '%s\n' '*nat' ':KUBE-SERVICES - [0:0]' ':MINE - [0:0]' '-A POSTROUTING -j FLANNEL-POSTRTG' '-A MINE -j RETURN' COMMIT`)
	s.fake("ip6tables-save", "echo COMMIT")
	s.fake("iptables-restore", "cat >/etc/iptables-restored")
	s.fake("systemctl", `echo "$*" >>/etc/systemctl-calls`)
	return s
}

func TestReleaseLeavesNothingBehind(t *testing.T) {
	s := newClaimed(t)
	for _, path := range []string{
		OwnerFile, "/var/lib/slipway/keepalived", "/etc/keepalived/keepalived.conf", "/etc/keepalived/proxy-ask.sh", "/etc/kubernetes/admin.conf",
		"/var/lib/etcd/member/snap", "/etc/containerd/config.toml", "/opt/bin/kubelet", "/opt/cni/bin/bridge", "/var/lib/containerd/io", "/etc/sysctl.d/90-slipway.conf",
		"/etc/systemd/system/kubelet.service", "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", "/etc/systemd/system/mine.service", "/opt/bin/mine",
	} {
		s.write(path, "")
	}
	s.write("/var/lib/slipway/installed/kubelet", "# line\n"+strings.Repeat("0", 64)+"  /opt/bin/kubelet\n")
	s.write("/etc/fstab", "/dev/sda1 / ext4\n# off for Kubernetes: /swap none swap sw\n")
	out, err := s.run(ReleaseCommand, "")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, path := range []string{
		OwnerFile, "/etc/slipway", "/opt/slipway", "/var/lib/slipway", "/var/log/slipway", "/var/cache/slipway", "/etc/kubernetes", "/var/lib/etcd", "/etc/containerd", "/opt/bin/kubelet", "/opt/cni",
		"/var/lib/containerd", "/etc/sysctl.d/90-slipway.conf", "/etc/systemd/system/kubelet.service", "/etc/systemd/system/kubelet.service.d", "/etc/keepalived/keepalived.conf", "/etc/keepalived/proxy-ask.sh",
	} {
		if s.exists(path) {
			t.Errorf("%s is still there", path)
		}
	}
	for _, path := range []string{"/etc/systemd/system/mine.service", "/opt/bin/mine"} {
		if !s.exists(path) {
			t.Errorf("%s was somebody else's", path)
		}
	}
	if got := s.read("/etc/fstab"); got != "/dev/sda1 / ext4\n/swap none swap sw\n" {
		t.Errorf("fstab is %q", got)
	}
	if got := s.read("/etc/iptables-restored"); got != "*nat\n:MINE - [0:0]\n-A MINE -j RETURN\nCOMMIT\n" {
		t.Errorf("the packet filter is %q", got)
	}
	calls := s.read("/etc/systemctl-calls")
	for _, want := range []string{"disable --now keepalived", "disable --now kubelet", "disable --now containerd", "disable --now slipway-certificates.timer"} {
		if !strings.Contains(calls, want) {
			t.Errorf("systemctl was not asked to %s:\n%s", want, calls)
		}
	}
	if strings.Contains(calls, "haproxy") {
		t.Errorf("an HAProxy that is not Slipway's was stopped:\n%s", calls)
	}
	// Again, of a machine without a cluster.
	if out, err := s.run(ReleaseCommand, ""); err != nil {
		t.Errorf("the second time: %v\n%s", err, out)
	}
}

// A machine that was claimed and no more is released all the same.
func TestReleaseOfAClaim(t *testing.T) {
	s := newSandbox(t)
	s.write(OwnerFile, "rack\n")
	if out, err := s.run(ReleaseCommand, ""); err != nil || s.exists(OwnerFile) {
		t.Errorf("%v\n%s", err, out)
	}
}

// The cluster goes on, so its etcd must not count on this member.
func TestLeaveEtcd(t *testing.T) {
	for name, tt := range map[string]struct {
		members, healthy, removed, err string
	}{
		"one of three": {members, "https://10.0.0.10:2379\n" + othersHealthy, "https://10.0.0.11:2379,https://10.0.0.12:2379 member remove a1\n", ""},
		"the only one": {members[:strings.Index(members, "\n")+1], "https://10.0.0.10:2379\n", "", ""},
		"no majority":  {members, "https://10.0.0.10:2379\n", "", "only 1 of 3 members of etcd are healthy, which is no majority"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSuccessor(t)
			s.write("/etc/kubernetes/manifests/etcd.yaml", "")
			s.write("/var/lib/members", tt.members)
			s.write("/var/lib/healthy", tt.healthy)
			out, err := s.run(Command(Leave), "")
			if (err == nil) != (tt.err == "") || !strings.Contains(out, tt.err) {
				t.Errorf("%v\n%s", err, out)
			}
			log := s.read("/var/log/etcdctl")
			if strings.Contains(log, "member remove") != (tt.removed != "") || !strings.Contains(log, tt.removed) {
				t.Errorf("etcd was asked\n%swant %q", log, tt.removed)
			}
		})
	}
}
