// Package ignition renders the user data of machines whose operating system is
// set up by Ignition. It says what package cloudinit says to the others: a
// machine's name and the SSH host key by which it is recognised; and what such
// a system needs beyond that to be a node.
package ignition

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// specVersion of the configuration is the newest that Flatcar documents (from
// 3185 on); Fedora CoreOS accepts all of 3.x.
const specVersion = "3.3.0"

const hostKey = "/etc/ssh/ssh_host_ed25519_key"

// sshd shows the one host key that is known, whatever others the system
// generates. It comes before the system's own settings: the first one counts.
const sshd = "HostKey " + hostKey + `
PasswordAuthentication no
PermitRootLogin no
`

const selinux = `SELINUX=permissive
SELINUXTYPE=targeted
`

// UserData is what a machine is told at its first boot. The login user is the
// image's; its authorized key is that of the Nova keypair, which the image's
// metadata agent (Afterburn) fetches.
type UserData struct {
	// HostName is the machine's own name. Required.
	HostName string
	// HostPrivateKey and HostPublicKey are its ed25519 SSH host key in OpenSSH
	// form. Required, secret.
	HostPrivateKey, HostPublicKey string
	// MaskedUnits never start. Optional.
	MaskedUnits []string
	// PermissiveSELinux makes SELinux report instead of deny. Optional.
	PermissiveSELinux bool
}

// The types mirror the fields of Ignition's configuration that Slipway sets.
type config struct {
	Ignition struct {
		Version string `json:"version"`
	} `json:"ignition"`
	Storage struct {
		Files []file `json:"files"`
	} `json:"storage"`
	Systemd struct {
		Units []unit `json:"units,omitempty"`
	} `json:"systemd"`
}

type file struct {
	Path string `json:"path"`
	// Mode in JSON is a decimal number.
	Mode int `json:"mode"`
	// Overwrite is needed where the image, or an agent before Ignition, wrote one.
	Overwrite bool     `json:"overwrite"`
	Contents  contents `json:"contents"`
}

type contents struct {
	Source string `json:"source"`
}

type unit struct {
	Name string `json:"name"`
	Mask bool   `json:"mask"`
}

// Render returns the configuration in JSON.
func Render(u UserData) (string, error) {
	var c config
	c.Ignition.Version = specVersion
	c.Storage.Files = []file{
		newFile("/etc/hostname", 0o644, u.HostName+"\n"),
		newFile(hostKey, 0o600, u.HostPrivateKey),
		newFile(hostKey+".pub", 0o644, strings.TrimSpace(u.HostPublicKey)+"\n"),
		newFile("/etc/ssh/sshd_config.d/10-slipway.conf", 0o600, sshd),
	}
	if u.PermissiveSELinux {
		c.Storage.Files = append(c.Storage.Files, newFile("/etc/selinux/config", 0o644, selinux))
	}
	for _, name := range u.MaskedUnits {
		c.Systemd.Units = append(c.Systemd.Units, unit{name, true})
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return "", fmt.Errorf("rendering user data of %q: %w", u.HostName, err)
	}
	return string(text) + "\n", nil
}

func newFile(path string, mode int, text string) file {
	return file{path, mode, true, contents{"data:," + url.PathEscape(text)}}
}
