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

// Cable connects the host and a network namespace of the lab: a veth pair.
type Cable struct {
	// Link is the host's end. It begins with LinkPrefix.
	Link string
	// Netns is the network namespace at the other end, which is called eth0 there.
	Netns string
	// HostAddress is the host's, in a /24.
	HostAddress string
	// PeerAddress is that of the other end, and the host its way out. Not with Bridge.
	PeerAddress string
	// Routed is the network that lies behind the other end. Optional.
	Routed string
	// Bridge of the namespace is what the other end is plugged into. Not with PeerAddress.
	Bridge string
}

// LinkPrefix begins the names of all of the lab's network interfaces on the host.
const LinkPrefix = "slipway"

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
		if err := nspawn.IP(ctx, "link", "add", c.Link, "type", "veth", "peer", "name", "eth0", "netns", c.Netns); err != nil {
			return err
		}
	}
	for _, args := range c.configuration(ctx) {
		if err := nspawn.IP(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// configuration lists the ip commands that bring both ends up.
func (c Cable) configuration(ctx context.Context) [][]string {
	steps := [][]string{
		{"address", "replace", c.HostAddress + "/24", "dev", c.Link},
		{"link", "set", c.Link, "up"},
		{"-n", c.Netns, "link", "set", "eth0", "up"},
	}
	if c.PeerAddress != "" {
		steps = append(steps,
			[]string{"-n", c.Netns, "address", "replace", c.PeerAddress + "/24", "dev", "eth0"},
			[]string{"-n", c.Netns, "route", "replace", "default", "via", c.HostAddress})
	}
	if c.Routed != "" {
		steps = append(steps, []string{"route", "replace", c.Routed, "via", c.PeerAddress, "dev", c.Link})
	}
	if c.Bridge != "" {
		if nspawn.IP(ctx, "-n", c.Netns, "link", "show", "dev", c.Bridge) != nil {
			steps = append(steps, []string{"-n", c.Netns, "link", "add", c.Bridge, "type", "bridge", "forward_delay", "0"})
		}
		steps = append(steps,
			[]string{"-n", c.Netns, "link", "set", c.Bridge, "up"},
			[]string{"-n", c.Netns, "link", "set", "eth0", "master", c.Bridge})
	}
	return steps
}

// complete says whether the cable's ends are where they belong.
func (c Cable) complete(ctx context.Context) bool {
	return hasLink(c.Link) && nspawn.IP(ctx, "-n", c.Netns, "link", "show", "eth0") == nil
}

func (c Cable) cut(ctx context.Context) error {
	if hasLink(c.Link) {
		if err := nspawn.IP(ctx, "link", "delete", c.Link); err != nil {
			return err
		}
	}
	if nspawn.IP(ctx, "-n", c.Netns, "link", "show", "eth0") == nil {
		return nspawn.IP(ctx, "-n", c.Netns, "link", "delete", "eth0")
	}
	return nil
}

// Unplug removes the cable and the network namespace with the taps of all machines. The kernel takes its time to drop a namespace: links are
// deleted one by one, so that their names are free at once.
func (c Cable) Unplug(ctx context.Context) error {
	var errs []error
	if hasLink(c.Link) {
		errs = append(errs, nspawn.IP(ctx, "link", "delete", c.Link))
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
		if i.Name == c.Link {
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
		if network == "" {
			continue
		}
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
