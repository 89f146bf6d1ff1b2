// Package nodeos knows the operating systems of nodes: who logs in, how they
// are set up at the first boot, and whether missing software can be installed.
// Where Slipway puts its own files does not depend on the system.
package nodeos

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/internal/cloudinit"
	"slipway/internal/ignition"
)

// OS is an operating system, by the ID that its /etc/os-release has. Fedora
// CoreOS is the exception: its ID is fedora, with the variant coreos.
type OS string

// The supported systems.
const (
	// Debian 12 and 13.
	Debian OS = "debian"
	// Ubuntu 22.04 and 24.04.
	Ubuntu OS = "ubuntu"
	// Flatcar Container Linux, releases from 2024 on: sshd has to read drop-ins.
	Flatcar OS = "flatcar"
	// FedoraCoreOS, its maintained releases.
	FedoraCoreOS OS = "fedora-coreos"
)

// maxEncoded is Nova's limit on user data, in bytes after base64.
const maxEncoded = 65535

// Host is what a machine is told at its first boot.
type Host struct {
	// HostName is the machine's own name. Required.
	HostName string
	// HostPrivateKey and HostPublicKey are its ed25519 SSH host key in OpenSSH
	// form. Required. The private half is the only secret here: without it the
	// first connection could not be verified.
	HostPrivateKey, HostPublicKey string
}

// traits is what differs between systems.
type traits struct {
	user   string
	apt    bool
	render func(Host) (string, error)
}

// Image-based systems update and reboot by themselves, which Kubernetes does
// not know of: the units that do it are masked.
var systems = map[OS]traits{
	Debian:       {user: "debian", apt: true, render: cloudInit},
	Ubuntu:       {user: "ubuntu", apt: true, render: cloudInit},
	Flatcar:      {user: "core", render: ignite(ignition.UserData{MaskedUnits: []string{"update-engine.service", "locksmithd.service"}})},
	FedoraCoreOS: {user: "core", render: ignite(ignition.UserData{MaskedUnits: []string{"zincati.service"}, PermissiveSELinux: true})},
}

// Names returns the supported systems, sorted.
func Names() []string {
	var names []string
	for _, o := range slices.Sorted(maps.Keys(systems)) {
		names = append(names, string(o))
	}
	return names
}

// User is the login user of the system's own cloud images; empty for an
// unsupported system.
func (o OS) User() string { return systems[o].user }

// InstallsPackages tells whether a node can install what its image lacks, such
// as HAProxy and Keepalived.
func (o OS) InstallsPackages() bool { return systems[o].apt }

// UserData renders what Nova hands to a machine with this system.
func UserData(o OS, h Host) (string, error) {
	system, known := systems[o]
	if !known {
		return "", fmt.Errorf("rendering user data of %q: operating system %q is none of %s", h.HostName, o, strings.Join(Names(), ", "))
	}
	if h.HostName == "" || h.HostPrivateKey == "" || h.HostPublicKey == "" {
		return "", errors.New("rendering user data: host name and both halves of the host key are required")
	}
	text, err := system.render(h)
	if err != nil {
		return "", err
	}
	if size := base64.StdEncoding.EncodedLen(len(text)); size > maxEncoded {
		return "", fmt.Errorf("user data of %q has %d bytes in base64, more than the %d that Nova accepts", h.HostName, size, maxEncoded)
	}
	return text, nil
}

func cloudInit(h Host) (string, error) { return cloudinit.Render(cloudinit.UserData(h)) }

// ignite adds what is a host's own to what all hosts of a system share.
func ignite(u ignition.UserData) func(Host) (string, error) {
	return func(h Host) (string, error) {
		u := u
		u.HostName, u.HostPrivateKey, u.HostPublicKey = h.HostName, h.HostPrivateKey, h.HostPublicKey
		return ignition.Render(u)
	}
}
