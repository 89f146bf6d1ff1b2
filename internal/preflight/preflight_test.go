package preflight

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"slipway/internal/survey"
)

// good is a machine that can become anything.
func good(n string) survey.Facts {
	return survey.Facts{
		OS: "debian", OSVersion: "12", OSName: "Debian GNU/Linux 12 (bookworm)", Arch: "x86_64", Init: "systemd", CPUs: 4, MemoryMB: 1960, FreeDiskMB: 20480,
		MachineID: "id-" + n, ProductUUID: "uuid-" + n, Synchronised: true, Interface: "eth0", MTU: 1500,
	}
}

// machines are h1, a control plane, and h2, a worker.
func machines() []Machine {
	return []Machine{
		{Name: "h1", Path: "machines[h1]", Role: "control-plane", Arch: "amd64", Ports: []int{6443}},
		{Name: "h2", Path: "machines[h2]", Role: "worker", Arch: "amd64"},
	}
}

func lines(findings []Finding) string {
	var out []string
	for _, f := range Sorted(findings) {
		out = append(out, f.String())
	}
	return strings.Join(out, "\n")
}

func TestCheck(t *testing.T) {
	tests := map[string]struct {
		change         func(h1, h2 *survey.Facts)
		want, warnings string
	}{
		"good": {func(_, _ *survey.Facts) {}, "", ""},
		"system": {func(h1, _ *survey.Facts) { h1.OS, h1.OSVersion, h1.OSName = "rocky", "9.4", "Rocky Linux 9.4" },
			"machines[h1]: runs Rocky Linux 9.4; supported are Debian 12 and 13, and Ubuntu 22.04 and 24.04", ""},
		"old release": {func(h1, _ *survey.Facts) { h1.OSVersion, h1.OSName = "11", "Debian GNU/Linux 11 (bullseye)" },
			"machines[h1]: runs Debian GNU/Linux 11 (bullseye); supported are Debian 12 and 13, and Ubuntu 22.04 and 24.04", ""},
		"ubuntu": {func(h1, h2 *survey.Facts) {
			h1.OS, h1.OSVersion, h2.OS, h2.OSVersion = "ubuntu", "22.04", "ubuntu", "24.04"
		}, "", ""},
		"init": {func(h1, _ *survey.Facts) { h1.Init = "runit" }, "machines[h1]: is started by runit, but services need systemd", ""},
		"type": {func(h1, _ *survey.Facts) { h1.Arch = "aarch64" }, "machines[h1]: is a machine of type aarch64, not x86_64", ""},
		"CPUs of a control plane": {func(h1, h2 *survey.Facts) { h1.CPUs, h2.CPUs = 1, 1 },
			"machines[h1]: has 1 CPU; a machine with role control-plane needs 2", ""},
		"memory": {func(h1, h2 *survey.Facts) { h1.MemoryMB, h2.MemoryMB = 1024, 512 },
			"machines[h1]: has 1024 MB of memory; a machine with role control-plane needs 2048 MB\nmachines[h2]: has 512 MB of memory; a machine with role worker needs 1024 MB", ""},
		"disk": {func(_, h2 *survey.Facts) { h2.FreeDiskMB = 4096 },
			"machines[h2]: has 4096 MB free below /var/lib; a machine with role worker needs 10240 MB", ""},
		"swap": {func(_, h2 *survey.Facts) { h2.Swap = []string{"/dev/sda2"} },
			"machines[h2]: swaps to /dev/sda2, but the kubelet accounts for memory: swapoff --all, and take it out of /etc/fstab", ""},
		"swap of a container's host": {func(_, h2 *survey.Facts) { h2.Swap, h2.Container = []string{"/dev/sda2"}, true }, "", ""},
		"ports": {func(h1, _ *survey.Facts) { h1.Taken = map[int]string{6443: "", 2379: "etcd"} },
			"machines[h1]: has something that listens on TCP port 2379 (etcd), 6443: stop it, see ss -tlnp", ""},
		"no machine-id": {func(h1, h2 *survey.Facts) { h1.MachineID, h2.MachineID = "", "" },
			"machines[h1]: has no /etc/machine-id, by which Kubernetes tells nodes apart: systemd-machine-id-setup\nmachines[h2]: has no /etc/machine-id, by which Kubernetes tells nodes apart: systemd-machine-id-setup", ""},
		"copied": {func(_, h2 *survey.Facts) { h2.MachineID, h2.ProductUUID = "id-1", "uuid-1" },
			"machines[h2]: has the machine-id id-1, which h1 has too; machines made from one image need their own: rm /etc/machine-id && systemd-machine-id-setup, then reboot\n" +
				"machines[h2]: has the product_uuid uuid-1, which h1 has too; the virtual machine was copied with it: have the hypervisor make another", ""},
		"no product_uuid": {func(h1, h2 *survey.Facts) { h1.ProductUUID, h2.ProductUUID = "", "" }, "", ""},
		"MTU": {func(_, h2 *survey.Facts) { h2.MTU = 9000 },
			"machines[h2]: has the MTU 9000 on eth0, but h1 has 1500 on eth0: it must be the same on all", ""},
		"clocks": {func(h1, h2 *survey.Facts) {
			h1.ClockOffset, h2.ClockOffset = -1500*time.Millisecond, 1500*time.Millisecond
		},
			"machines[h2]: has a clock that is 3.0 s off that of h1: set it right and have it follow a time server", ""},
		"close clocks": {func(h1, h2 *survey.Facts) { h1.ClockOffset, h2.ClockOffset = time.Hour, time.Hour+time.Second }, "", ""},
		"no time server": {func(h1, _ *survey.Facts) { h1.Synchronised = false }, "",
			"machines[h1]: does not follow a time server, as far as it can tell; etcd and certificates need right clocks: install chrony or systemd-timesyncd"},
		"another cluster's": {func(h1, _ *survey.Facts) { h1.Owner, h1.Foreign = "other", "/etc/kubernetes/kubelet.conf" },
			"machines[h1]: belongs to cluster other: take it out of that cluster, or destroy that", ""},
		"a node already": {func(h1, _ *survey.Facts) { h1.Foreign = "/var/lib/etcd/member" },
			"machines[h1]: holds a Kubernetes node that Slipway did not make (/var/lib/etcd/member); if it is not needed: kubeadm reset", ""},
		"the cluster's own": {func(h1, h2 *survey.Facts) {
			h1.Owner, h1.Taken, h1.MemoryMB, h1.FreeDiskMB, h1.Synchronised = "rack", map[int]string{6443: "kube-apiserver"}, 1, 1, false
			h2.MachineID = h1.MachineID
		}, "machines[h2]: has the machine-id id-1, which h1 has too; machines made from one image need their own: rm /etc/machine-id && systemd-machine-id-setup, then reboot", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h1, h2 := good("1"), good("2")
			tt.change(&h1, &h2)
			problems, warnings := Check("rack", machines(), map[string]survey.Facts{"h1": h1, "h2": h2})
			if diff := cmp.Diff(tt.want, lines(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.warnings, lines(warnings)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMTUAsConfigured(t *testing.T) {
	set := machines()
	set[1].MTU = 9000
	problems, _ := Check("rack", set, map[string]survey.Facts{"h2": good("2")}) // h1 did not answer
	if got, want := lines(problems), "machines[h2]: has the MTU 1500 on eth0, but slipway:hosts.mtu is 9000"; got != want {
		t.Errorf("problems are %q, want %q", got, want)
	}
}

func TestPortsOfARole(t *testing.T) {
	for _, m := range append(machines(), Machine{Role: "proxy", Ports: []int{9101, 8443}}) {
		want := map[string][]int{
			"control-plane": {2379, 2380, 2381, 6443, 10248, 10249, 10250, 10256, 10257, 10259},
			"worker":        {10248, 10249, 10250, 10256}, "proxy": {8443, 9101},
		}[m.Role]
		if diff := cmp.Diff(want, m.AllPorts()); diff != "" {
			t.Errorf("ports of a %s (-want +got):\n%s", m.Role, diff)
		}
	}
}
