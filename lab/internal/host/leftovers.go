package host

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"slipway/lab/internal/nspawn"
)

// Leftovers lists everything of the lab that is still on the host: processes,
// cgroups, mounts, network namespaces, links, routes, loop devices. The builds
// of images are not the lab's.
func Leftovers(ctx context.Context, labDir string) ([]string, error) {
	var left []string
	for _, group := range nspawn.Groups() {
		if strings.HasPrefix(group, "build-") {
			continue
		}
		left = append(left, "cgroup slipway-lab/"+group)
		for _, pid := range nspawn.Processes(group) {
			name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
			left = append(left, fmt.Sprintf("process %d (%s) of %s", pid, strings.TrimSpace(string(name)), group))
		}
	}
	mounts, err := nspawn.MountsBelow(labDir)
	if err != nil {
		return nil, err
	}
	for _, mount := range mounts {
		left = append(left, "mount "+mount)
	}
	for _, netns := range nspawn.Netnses("slipway-") {
		if netns != "slipway-build" {
			left = append(left, "network namespace "+netns)
		}
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, i := range interfaces {
		if strings.HasPrefix(i.Name, LinkPrefix) {
			left = append(left, "network interface "+i.Name)
		}
	}
	routes, err := exec.CommandContext(ctx, "ip", "route", "show").Output()
	if err != nil {
		return nil, fmt.Errorf("listing routes: %w", err)
	}
	left = append(left, labRoutes(string(routes))...)
	for _, device := range loops(labDir) {
		left = append(left, "loop device "+device)
	}
	return left, nil
}

// labRoutes picks the routes over the lab's cables from the output of `ip route`.
func labRoutes(routes string) []string {
	var left []string
	for line := range strings.Lines(routes) {
		if strings.Contains(line, " dev "+LinkPrefix) {
			left = append(left, "route "+strings.TrimSpace(line))
		}
	}
	return left
}

// loops lists the loop devices whose files are in dir.
func loops(dir string) []string {
	files, _ := filepath.Glob("/sys/block/loop*/loop/backing_file")
	var devices []string
	for _, file := range files {
		backing, err := os.ReadFile(file)
		if err == nil && strings.HasPrefix(string(backing), dir+"/") {
			devices = append(devices, filepath.Join("/dev", filepath.Base(filepath.Dir(filepath.Dir(file)))))
		}
	}
	return devices
}

// DetachLoops frees the loop devices whose files are in dir.
func DetachLoops(ctx context.Context, dir string) error {
	for _, device := range loops(dir) {
		if out, err := exec.CommandContext(ctx, "losetup", "--detach", device).CombinedOutput(); err != nil {
			return fmt.Errorf("detaching %s: %w: %s", device, err, strings.TrimSpace(string(out)))
		}
	}
	return nil
}
