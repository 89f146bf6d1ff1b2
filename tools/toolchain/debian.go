package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// debian installs packages that are missing, or says how to.
func (w *workspace) debian(ctx context.Context, packages ...string) error {
	var missing []string
	for _, name := range packages {
		out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f", "${Status}", name).Output()
		if err != nil || !strings.HasSuffix(string(out), " installed") {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	command := "apt-get install -y --no-install-recommends " + strings.Join(missing, " ")
	if os.Getuid() != 0 {
		return fmt.Errorf("packages of Debian are missing; as root: %s", command)
	}
	w.say("installing Debian packages: %s", strings.Join(missing, " "))
	// Others install packages at the same time: the local cloud's build, which takes
	// the same lock, and a machine that updates itself.
	script := "apt-get -q update && DEBIAN_FRONTEND=noninteractive " + strings.Replace(command, "install", "install -o DPkg::Lock::Timeout=300", 1)
	if out, err := exec.CommandContext(ctx, "flock", "/run/slipway-apt.lock", "sh", "-c", script).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w:\n%s", command, err, out)
	}
	return nil
}
