package host

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"slipway/lab/internal/nspawn"
)

// Cable connects the host and the cloud: a veth pair, and the way to the
// floating IPs behind it.
type Cable struct {
	// Netns is the cloud's network namespace.
	Netns string
	// HostAddress and CloudAddress are the two ends, in one /24.
	HostAddress, CloudAddress string
	// Routed is the network that lies behind the cloud.
	Routed string
}

// Link is the host's end of the cable.
const Link = "slipway0"

// Plug makes the cable, also from what an earlier run has left of it.
func (c Cable) Plug(ctx context.Context) error {
	if err := c.checkFree(); err != nil {
		return err
	}
	if err := nspawn.EnsureNetns(ctx, c.Netns); err != nil {
		return err
	}
	if !c.complete(ctx) {
		if err := c.cut(ctx); err != nil {
			return err
		}
		if err := nspawn.IP(ctx, "link", "add", Link, "type", "veth", "peer", "name", "eth0", "netns", c.Netns); err != nil {
			return err
		}
	}
	for _, args := range [][]string{
		{"address", "replace", c.HostAddress + "/24", "dev", Link},
		{"link", "set", Link, "up"},
		{"-n", c.Netns, "address", "replace", c.CloudAddress + "/24", "dev", "eth0"},
		{"-n", c.Netns, "link", "set", "eth0", "up"},
		{"-n", c.Netns, "route", "replace", "default", "via", c.HostAddress},
		{"route", "replace", c.Routed, "via", c.CloudAddress, "dev", Link},
	} {
		if err := nspawn.IP(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// complete says whether the cable's ends are where they belong.
func (c Cable) complete(ctx context.Context) bool {
	return hasLink(Link) && nspawn.IP(ctx, "-n", c.Netns, "link", "show", "eth0") == nil
}

func (c Cable) cut(ctx context.Context) error {
	if hasLink(Link) {
		if err := nspawn.IP(ctx, "link", "delete", Link); err != nil {
			return err
		}
	}
	if nspawn.IP(ctx, "-n", c.Netns, "link", "show", "eth0") == nil {
		return nspawn.IP(ctx, "-n", c.Netns, "link", "delete", "eth0")
	}
	return nil
}

// Unplug removes the cable and the cloud's network namespace with the taps of
// all machines. The kernel takes its time to drop a namespace: links are
// deleted one by one, so that their names are free at once.
func (c Cable) Unplug(ctx context.Context) error {
	var errs []error
	if hasLink(Link) {
		errs = append(errs, nspawn.IP(ctx, "link", "delete", Link))
	}
	out, err := exec.CommandContext(ctx, "ip", "-n", c.Netns, "-brief", "link", "show", "type", "veth").Output()
	if err == nil { // else there is no such namespace
		for line := range strings.Lines(string(out)) {
			name, _, _ := strings.Cut(strings.Fields(line)[0], "@")
			errs = append(errs, nspawn.IP(ctx, "-n", c.Netns, "link", "delete", name))
		}
	}
	return errors.Join(append(errs, nspawn.DeleteNetns(ctx, c.Netns))...)
}

// checkFree refuses to shadow a network that the host already uses.
func (c Cable) checkFree() error {
	interfaces, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, i := range interfaces {
		if i.Name == Link {
			continue
		}
		addresses, err := i.Addrs()
		if err != nil {
			return err
		}
		for _, a := range addresses {
			if err := c.overlap(i.Name, a.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// overlap says so when an interface's address is in one of the lab's networks.
func (c Cable) overlap(name, address string) error {
	theirs, err := netip.ParsePrefix(address)
	if err != nil {
		return fmt.Errorf("reading the addresses of %s: %w", name, err)
	}
	for _, network := range []string{c.HostAddress + "/24", c.Routed} {
		ours := netip.MustParsePrefix(network).Masked()
		if ours.Overlaps(theirs) {
			return fmt.Errorf("the lab's network %s overlaps with %s of interface %s", ours, theirs, name)
		}
	}
	return nil
}

func hasLink(name string) bool {
	_, err := os.Stat(filepath.Join("/sys/class/net", name))
	return err == nil
}
