// Package machine is everything one server has on this host: its root
// filesystem, its network namespace with a veth per Neutron port, its loop
// devices, and the systemd-nspawn machine around them. It follows orders; what
// should run is decided by package agent.
package machine

import (
	"net/netip"
	"path/filepath"
	"strings"
)

// Spec is a machine as its server describes it.
type Spec struct {
	// ID is the server's id. It names everything the machine has on this host.
	ID string `json:"id"`
	// Name is the server's name, used in messages and log file names only.
	Name string `json:"name"`
	// NICs become eth0, eth1, ... in this order.
	NICs []NIC `json:"nics"`
	// Disks are the attached volumes.
	Disks []Disk `json:"disks"`
}

// NIC is a Neutron port.
type NIC struct {
	Port      string         `json:"port"`
	Network   string         `json:"network"`
	MAC       string         `json:"mac"`
	MTU       int            `json:"mtu"`
	Addresses []netip.Prefix `json:"addresses"`
	// Gateway is the zero address on a network without a way out.
	Gateway netip.Addr `json:"gateway"`
	// Nameservers are what DHCP would tell the machine.
	Nameservers []netip.Addr `json:"nameservers"`
	// Interface is the name inside the machine, given by Boot or Plug.
	Interface string `json:"interface"`
}

// Disk is a Cinder volume.
type Disk struct {
	Volume string `json:"volume"`
	GiB    int    `json:"gib"`
	// Device is the name below /dev inside the machine, given by Boot or Attach.
	Device string `json:"device"`
	// Loop is the device on this host, e.g. /dev/loop0.
	Loop string `json:"loop"`
}

// Label names the machine in messages.
func (s Spec) Label() string { return s.Name + " (" + short(s.ID, 8) + ")" }

// HostName is what the machine's network namespace and cgroup are called.
func (s Spec) HostName() string { return hostName(s.ID) }

func hostName(id string) string { return "slipway-" + short(id, 8) }

// tap is the name under which Neutron's agent expects the port's device
// (neutron: constants.TAP_DEVICE_PREFIX and RESOURCE_ID_LENGTH).
func (n NIC) tap() string { return "tap" + short(n.Port, 11) }

// Bridge is the name of the bridge that stands for the port's network, as
// Neutron's agent calls it (BRIDGE_NAME_PREFIX).
func (n NIC) Bridge() string { return "brq" + short(n.Network, 11) }

// link is the name below /dev/disk/by-id that QEMU's virtio disks have: their
// serial number is cut after 20 characters.
func (d Disk) link() string { return "virtio-" + short(d.Volume, 20) }

// Address is the first address of the machine, "" without any.
func (s Spec) Address() string {
	for _, nic := range s.NICs {
		for _, address := range nic.Addresses {
			return address.Addr().String()
		}
	}
	return ""
}

// LogName is the name of the machine's console log in the lab's log folder.
func (s Spec) LogName() string {
	safe := strings.Map(func(r rune) rune {
		if r == filepath.Separator || r < ' ' {
			return '_'
		}
		return r
	}, s.Name)
	return safe + ".console.log"
}

func short(id string, length int) string { return id[:min(length, len(id))] }
