package nspawn

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// netnsDir is where iproute2 keeps named network namespaces.
const netnsDir = "/run/netns"

// EnsureNetns creates a named network namespace with its loopback up, unless it exists.
func EnsureNetns(ctx context.Context, name string) error {
	if isNamespace, err := isMountpoint(filepath.Join(netnsDir, name)); err != nil || isNamespace {
		return err
	}
	// A crash between two steps of `ip netns add` leaves a plain file.
	_ = os.Remove(filepath.Join(netnsDir, name))
	if err := IP(ctx, "netns", "add", name); err != nil {
		return err
	}
	return IP(ctx, "-n", name, "link", "set", "lo", "up")
}

// DeleteNetns removes a named network namespace; one that is gone is fine.
func DeleteNetns(ctx context.Context, name string) error {
	if !exists(filepath.Join(netnsDir, name)) {
		return nil
	}
	return IP(ctx, "netns", "delete", name)
}

// Netnses lists the named network namespaces with a prefix.
func Netnses(prefix string) []string {
	entries, _ := os.ReadDir(netnsDir)
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			names = append(names, e.Name())
		}
	}
	return names
}

// IP runs iproute2's ip.
func IP(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
