// Package host is what the lab needs of the machine it runs on, and what it
// must put back: tools, kernel settings, the cable to the cloud, and the search
// for anything left behind.
package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// tools maps the commands that the lab runs to the Debian packages that have them.
var tools = map[string]string{
	"ip":             "iproute2",
	"losetup":        "mount",
	"mmdebstrap":     "mmdebstrap",
	"nsenter":        "util-linux",
	"ssh-keygen":     "openssh-client",
	"systemd-nspawn": "systemd-container",
}

// CheckRoot explains why the lab cannot do without root.
func CheckRoot(command string) error {
	if os.Geteuid() == 0 {
		return nil
	}
	return fmt.Errorf("`lab %s` must run as root: the lab mounts file systems, makes network namespaces and cgroups, and starts container machines", command)
}

// lockWait lets another apt on this machine finish first, in seconds.
const lockWait = "-oDPkg::Lock::Timeout=300"

// InstallTools installs what is missing with apt.
func InstallTools(ctx context.Context, progress func(string)) error {
	packages := missingPackages(exec.LookPath)
	if len(packages) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("missing on this machine: %s; install them (apt-get is not here to do it)", strings.Join(packages, ", "))
	}
	progress("installing " + strings.Join(packages, ", "))
	for _, args := range [][]string{
		{"update", "--quiet", lockWait},
		append([]string{"install", "--quiet", lockWait, "--yes", "--no-install-recommends"}, packages...),
	} {
		// The toolchain, built at the same time, installs packages under the same lock.
		cmd := exec.CommandContext(ctx, "flock", append([]string{"/run/slipway-apt.lock", "apt-get"}, args...)...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	if still := missingPackages(exec.LookPath); len(still) > 0 {
		return errors.New("installed, but their commands are not found: " + strings.Join(still, ", "))
	}
	return nil
}

func missingPackages(lookPath func(string) (string, error)) []string {
	var packages []string
	for command, pkg := range tools {
		if _, err := lookPath(command); err != nil {
			packages = append(packages, pkg)
		}
	}
	slices.Sort(packages)
	return packages
}

// LoadModules loads the kernel modules that nothing loads by itself: whatever
// else is needed comes with the first device, mount or rule that wants it. A
// kernel that has them built in needs no modprobe.
func LoadModules(ctx context.Context) error {
	out, modprobeErr := exec.CommandContext(ctx, "modprobe", "--all", "br_netfilter", "overlay", "loop").CombinedOutput()
	if _, err := os.Stat("/proc/sys/net/bridge/bridge-nf-call-iptables"); err != nil {
		return fmt.Errorf("this kernel does not pass bridged packets to iptables, which Neutron's security groups need: modprobe br_netfilter: %v %s",
			modprobeErr, strings.TrimSpace(string(out)))
	}
	return nil
}
