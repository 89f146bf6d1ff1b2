package preflight

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/internal/survey"
)

// need is what a role takes at least.
type need struct {
	cpus, memoryMB, diskMB int
	ports                  []int
}

// kubeadm refuses control planes below these sizes, and workers have no room
// left for pods below theirs. The disk holds the images.
var needs = map[string]need{
	"control-plane": {2, 2048, 10240, []int{2379, 2380, 2381, 10248, 10249, 10250, 10256, 10257, 10259}},
	"worker":        {1, 1024, 10240, []int{10248, 10249, 10250, 10256}},
	"storage":       {1, 1024, 10240, []int{10248, 10249, 10250, 10256}},
	"etcd":          {1, 1024, 10240, []int{2379, 2380, 2381, 10248}},
	"proxy":         {1, 512, 2048, nil},
}

// AllPorts are the TCP ports that must be free.
func (m Machine) AllPorts() []int {
	return slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(m.Ports), needs[m.Role].ports...))))
}

// rules look at one machine each that is not the cluster's yet. They return
// nothing when all is well.
var rules = []func(Machine, survey.Facts) string{
	checkOwner, checkForeign, checkSystem, checkInit, checkArch, checkCPUs, checkMemory, checkDisk, checkSwap, checkPorts, checkID, checkMTU,
}

func checkOwner(_ Machine, f survey.Facts) string {
	if f.Owner == "" {
		return ""
	}
	return fmt.Sprintf("belongs to cluster %s: take it out of that cluster, or destroy that", f.Owner)
}

func checkForeign(_ Machine, f survey.Facts) string {
	if f.Foreign == "" || f.Owner != "" {
		return ""
	}
	return fmt.Sprintf("holds a Kubernetes node that Slipway did not make (%s); if it is not needed: kubeadm reset", f.Foreign)
}

// systems are what the steps were written for.
var systems = map[string][]string{"debian": {"12", "13"}, "ubuntu": {"22.04", "24.04"}}

func checkSystem(_ Machine, f survey.Facts) string {
	if slices.Contains(systems[f.OS], f.OSVersion) {
		return ""
	}
	return fmt.Sprintf("runs %s; supported are Debian 12 and 13, and Ubuntu 22.04 and 24.04", f.OSName)
}

func checkInit(_ Machine, f survey.Facts) string {
	if f.Init == "systemd" {
		return ""
	}
	return fmt.Sprintf("is started by %s, but services need systemd", f.Init)
}

// machineNames are what uname calls architectures.
var machineNames = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

func checkArch(m Machine, f survey.Facts) string {
	if f.Arch == machineNames[m.Arch] {
		return ""
	}
	return fmt.Sprintf("is a machine of type %s, not %s", f.Arch, machineNames[m.Arch])
}

func checkCPUs(m Machine, f survey.Facts) string {
	if least := needs[m.Role].cpus; f.CPUs < least {
		return fmt.Sprintf("has %d CPU; a machine with role %s needs %d", f.CPUs, m.Role, least)
	}
	return ""
}

// checkMemory allows for what firmware and kernel keep for themselves.
func checkMemory(m Machine, f survey.Facts) string {
	const share = 0.9
	if least := needs[m.Role].memoryMB; float64(f.MemoryMB) < share*float64(least) {
		return fmt.Sprintf("has %d MB of memory; a machine with role %s needs %d MB", f.MemoryMB, m.Role, least)
	}
	return ""
}

func checkDisk(m Machine, f survey.Facts) string {
	if least := needs[m.Role].diskMB; f.FreeDiskMB < least {
		return fmt.Sprintf("has %d MB free below /var/lib; a machine with role %s needs %d MB", f.FreeDiskMB, m.Role, least)
	}
	return ""
}

// checkSwap looks at swap that the machine can turn off: a container shows its host's.
func checkSwap(m Machine, f survey.Facts) string {
	if len(f.Swap) == 0 || f.Container || m.Role == "proxy" {
		return ""
	}
	return fmt.Sprintf("swaps to %s, but the kubelet accounts for memory: swapoff --all, and take it out of /etc/fstab", strings.Join(f.Swap, " "))
}

func checkPorts(_ Machine, f survey.Facts) string {
	var taken []string
	for _, port := range slices.Sorted(maps.Keys(f.Taken)) {
		text := fmt.Sprint(port)
		if by := f.Taken[port]; by != "" {
			text += " (" + by + ")"
		}
		taken = append(taken, text)
	}
	if len(taken) == 0 {
		return ""
	}
	return fmt.Sprintf("has something that listens on TCP port %s: stop it, see ss -tlnp", strings.Join(taken, ", "))
}

func checkID(_ Machine, f survey.Facts) string {
	if f.MachineID == "" {
		return "has no /etc/machine-id, by which Kubernetes tells nodes apart: systemd-machine-id-setup"
	}
	return ""
}

func checkMTU(m Machine, f survey.Facts) string {
	if m.MTU == 0 || f.MTU == m.MTU {
		return ""
	}
	return fmt.Sprintf("has the MTU %d on %s, but slipway:hosts.mtu is %d", f.MTU, f.Interface, m.MTU)
}
