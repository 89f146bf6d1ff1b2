// Package hosts makes machines that no cloud has made: Debian machines on a
// plain network, each with an address, an SSH server with keys of its own, and
// a user who may use sudo. They are for stacks on existing hosts.
package hosts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/lab/internal/machine"
)

// The network of the hosts. This machine has the address Gateway in it; what
// the hosts reach beyond it is what this machine serves itself.
const (
	Netns   = "slipway-hosts"
	Gateway = "10.81.0.1"
	network = "lan"
)

// Bridge connects the hosts, inside Netns.
var Bridge = machine.NIC{Network: network}.Bridge()

// User may log in with the private key and use sudo, on h2 with SudoPassword only.
const (
	User         = "ops"
	SudoPassword = "open sesame"
)

// MaxCount is how many hosts there can be.
const MaxCount = 9

// Hosts are the existing hosts, as far as they were made.
type Hosts struct {
	machine.Host
	dir string
}

// New describes the hosts whose files are in dir. Without layers, the
// read-only folders of the node image, everything but Up works.
func New(dir, logs string, layers []string) Hosts {
	h := Hosts{dir: dir}
	h.Host = machine.Host{
		Machines: filepath.Join(dir, "machines"), Volumes: filepath.Join(dir, "volumes"), Logs: logs,
		Layers: layers, Netns: Netns, Furnish: h.furnish,
	}
	return h
}

// spec describes the n-th host, from 1. Its id is its address.
func spec(n int) machine.Spec {
	address := netip.AddrFrom4([4]byte{10, 81, 0, byte(10 + n)})
	id := fmt.Sprintf("%x", address.AsSlice())
	return machine.Spec{ID: id, Name: fmt.Sprintf("h%d", n), NICs: []machine.NIC{{
		Port: id, Network: network, MAC: fmt.Sprintf("52:54:00:81:00:%02x", 10+n), MTU: 1500,
		Addresses: []netip.Prefix{netip.PrefixFrom(address, 24)}, Gateway: netip.MustParseAddr(Gateway),
		// Nobody answers there, as at a site without names; CoreDNS insists on having one.
		Nameservers: []netip.Addr{netip.MustParseAddr(Gateway)},
	}}}
}

const (
	// parallelBoots is as many as a small host boots without getting slower.
	parallelBoots = 4
	sshDeadline   = 90 * time.Second
)

// Up makes the first count hosts and starts those that do not run.
func (h Hosts) Up(ctx context.Context, count int) error {
	if err := h.ensureKey(ctx); err != nil {
		return err
	}
	boots, ctx := errgroup.WithContext(ctx)
	boots.SetLimit(parallelBoots)
	for n := 1; n <= count; n++ {
		boots.Go(func() error {
			s := spec(n)
			if h.Leader(s.ID) == 0 {
				if err := h.Boot(ctx, s, ""); err != nil {
					return fmt.Errorf("starting host %s: %w", s.Name, err)
				}
			}
			if !machine.WaitSSH(ctx, h.Leader(s.ID), sshDeadline) {
				return fmt.Errorf("host %s does not listen on its SSH port after %s", s.Name, sshDeadline)
			}
			return nil
		})
	}
	return boots.Wait()
}

// RemoveAll deletes the hosts with everything on them.
func (h Hosts) RemoveAll(ctx context.Context) error {
	records, err := h.List()
	errs := []error{err}
	for _, r := range records {
		errs = append(errs, h.Remove(ctx, r.Spec.ID))
	}
	return errors.Join(errs...)
}

// Inventory is what a stack has to know about the hosts.
type Inventory struct {
	// User is whom to log in as.
	User string `json:"user"`
	// PrivateKeyFile holds the key that opens the hosts.
	PrivateKeyFile string `json:"privateKeyFile"`
	// Hosts are ordered by name.
	Hosts []Entry `json:"hosts"`
}

// Entry is one host.
type Entry struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	// HostKey is its public SSH key, "<type> <key>".
	HostKey string `json:"hostKey"`
	Running bool   `json:"running"`
}

// Inventory describes the hosts that were made.
func (h Hosts) Inventory() (Inventory, error) {
	inventory := Inventory{User: User, PrivateKeyFile: h.keyFile(), Hosts: []Entry{}}
	records, err := h.List()
	if err != nil {
		return inventory, err
	}
	for _, r := range records {
		key, err := os.ReadFile(filepath.Join(h.Machines, r.Spec.ID, "upper", hostKeyFile+".pub"))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was cut off before its first boot
		}
		if err != nil {
			return inventory, err
		}
		inventory.Hosts = append(inventory.Hosts, Entry{
			Name: r.Spec.Name, Address: r.Spec.Address(), HostKey: strings.TrimSpace(string(key)), Running: h.Leader(r.Spec.ID) != 0,
		})
	}
	return inventory, nil
}
