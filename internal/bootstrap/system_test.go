package bootstrap

import (
	"strings"
	"testing"

	"slipway/internal/artifacts"
)

// source runs a shell line with the functions of one of prepare.sh's parts.
func (s *sandbox) source(part, line string) (string, error) {
	s.t.Helper()
	return s.run(". "+ScriptDir+"/step.sh prepare; . "+ScriptDir+"/"+part+"; "+line, "")
}

// TestPackagesThatCannotBeInstalledAreNamed: Flatcar and Fedora CoreOS have no apt-get.
func TestPackagesThatCannotBeInstalledAreNamed(t *testing.T) {
	s := newSandbox(t)
	s.install(sampleWorker(t))
	out, err := s.source("packages.sh", "PATH=/nowhere install_packages curl:curl")
	if want := "missing: curl, and there is no apt-get to install them; look at the machine's image"; err == nil || !strings.Contains(out, want) {
		t.Errorf("no %q: %v\n%s", want, err, out)
	}
}

// TestSwapGoesOff also on a system that has no fstab.
func TestSwapGoesOff(t *testing.T) {
	s := newSandbox(t)
	s.install(sampleWorker(t))
	s.fake("systemd-detect-virt", "exit 1")
	s.fake("swapoff", "exit 0")
	if out, err := s.source("kernel.sh", "disable_swap"); err != nil {
		t.Errorf("without fstab: %v\n%s", err, out)
	}
	s.write("/etc/fstab", "/dev/vda1 / ext4 defaults 0 1\n/dev/vda2 none swap sw 0 0\n")
	if out, err := s.source("kernel.sh", "disable_swap"); err != nil || s.read("/etc/fstab") != "/dev/vda1 / ext4 defaults 0 1\n# off for Kubernetes: /dev/vda2 none swap sw 0 0\n" {
		t.Errorf("%v\n%s\n%s", err, out, s.read("/etc/fstab"))
	}
}

// TestToolsAreLinked where people's PATH does not have the folder of binaries.
func TestToolsAreLinked(t *testing.T) {
	s := newSandbox(t)
	s.install(sampleWorker(t))
	s.write("/usr/local/bin/kubectl", "an older one")
	s.write(artifacts.BinDir+"/kubectl", "ours")
	if out, err := s.source("downloads.sh", "link_tools kubectl && cat /usr/local/bin/kubectl"); err != nil || out != "ours" {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestVendorBinariesComeSecond: Flatcar and Fedora CoreOS have a containerd of
// their own in /usr/bin.
func TestVendorBinariesComeSecond(t *testing.T) {
	s := newSandbox(t)
	s.install(sampleWorker(t))
	s.write("/usr/local/bin/containerd", "#!/bin/bash\necho vendor")
	s.write(artifacts.BinDir+"/containerd", "#!/bin/bash\necho ours")
	if out, err := s.run(". "+ScriptDir+"/step.sh prepare; containerd", ""); err != nil || out != "ours\n" {
		t.Errorf("%v\n%s", err, out)
	}
	want := "Environment=PATH=" + artifacts.BinDir + ":"
	if unit := s.read("/etc/slipway/systemd/containerd.service"); !strings.Contains(unit, want) {
		t.Errorf("no %q in:\n%s", want, unit)
	}
}
