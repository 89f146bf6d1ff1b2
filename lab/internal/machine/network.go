package machine

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"slipway/lab/internal/nspawn"
)

// resetNetwork gives the machine an empty network namespace: addresses,
// tunnels and packet filters of the last run do not survive a boot.
func (h Host) resetNetwork(ctx context.Context, id string, nics []NIC) error {
	if err := h.removeNetwork(ctx, id, nics); err != nil {
		return err
	}
	return nspawn.EnsureNetns(ctx, hostName(id))
}

// removeNetwork takes the machine off its networks, at once.
func (h Host) removeNetwork(ctx context.Context, id string, nics []NIC) error {
	for _, nic := range nics {
		if err := h.unplug(ctx, nic); err != nil {
			return err
		}
	}
	return nspawn.DeleteNetns(ctx, hostName(id))
}

// plug connects a port: the part of nova's os-vif, which the fake hypervisor
// leaves out, and of DHCP, whose answer is known already. Neutron's agent sees
// the tap device and adds tunnels, security groups and the port's status.
func (h Host) plug(ctx context.Context, id string, nic NIC) error {
	if err := h.unplug(ctx, nic); err != nil {
		return err
	}
	mtu, ns := strconv.Itoa(nic.MTU), hostName(id)
	if err := nspawn.IP(ctx, "link", "add", nic.tap(), "mtu", mtu, "netns", h.Netns, "type", "veth",
		"peer", "name", nic.Interface, "mtu", mtu, "address", nic.MAC, "netns", ns); err != nil {
		return err
	}
	steps := addressing(ns, nic)
	if !h.hasLink(ctx, nic.Bridge()) {
		add := nspawn.IP(ctx, "-n", h.Netns, "link", "add", nic.Bridge(), "type", "bridge", "forward_delay", "0")
		// Neutron's agent creates it too, perhaps a moment before us.
		if add != nil && !h.hasLink(ctx, nic.Bridge()) {
			return add
		}
	}
	steps = append(steps,
		[]string{"-n", h.Netns, "link", "set", nic.Bridge(), "up"},
		[]string{"-n", h.Netns, "link", "set", nic.tap(), "master", nic.Bridge(), "up"})
	for _, step := range steps {
		if err := nspawn.IP(ctx, step...); err != nil {
			return err
		}
	}
	return nil
}

// addressing lists the ip commands that configure the inner end of a port.
func addressing(ns string, nic NIC) [][]string {
	var steps [][]string
	for _, address := range nic.Addresses {
		steps = append(steps, []string{"-n", ns, "address", "add", address.String(), "dev", nic.Interface})
	}
	steps = append(steps, []string{"-n", ns, "link", "set", nic.Interface, "up"})
	if nic.Gateway.IsValid() {
		steps = append(steps, []string{"-n", ns, "route", "add", "default", "via", nic.Gateway.String(),
			"dev", nic.Interface, "metric", strconv.Itoa(100 + interfaceIndex(nic.Interface))})
	}
	return steps
}

// unplug removes the veth pair of a port from both sides.
func (h Host) unplug(ctx context.Context, nic NIC) error {
	if !h.hasLink(ctx, nic.tap()) {
		return nil
	}
	err := nspawn.IP(ctx, "-n", h.Netns, "link", "delete", nic.tap())
	if err != nil && !h.hasLink(ctx, nic.tap()) {
		return nil // the namespace at the other end was faster
	}
	return err
}

// hasLink says whether a link exists beside the bridges.
func (h Host) hasLink(ctx context.Context, link string) bool {
	return nspawn.IP(ctx, "-n", h.Netns, "link", "show", "dev", link) == nil
}

// nameInterfaces gives each new port the lowest free name.
func nameInterfaces(nics []NIC) {
	for i := range nics {
		for n := 0; nics[i].Interface == ""; n++ {
			name := "eth" + strconv.Itoa(n)
			if !slices.ContainsFunc(nics, func(other NIC) bool { return other.Interface == name }) {
				nics[i].Interface = name
			}
		}
	}
}

func interfaceIndex(name string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(name, "eth"))
	return n
}

// resolvConf is what a DHCP client would have written.
func resolvConf(nics []NIC) string {
	var servers []netip.Addr
	text := "search openstacklocal\n"
	for _, nic := range nics {
		for _, server := range nic.Nameservers {
			// The C library reads three servers and ignores the rest.
			if len(servers) < 3 && !slices.Contains(servers, server) {
				servers = append(servers, server)
				text += "nameserver " + server.String() + "\n"
			}
		}
	}
	return text
}
