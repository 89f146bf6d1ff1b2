// Package cloudinit renders the user data of machines. It stays small: a
// machine's name and the SSH host key by which it is recognised. All else
// reaches a machine over SSH.
package cloudinit

import (
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// UserData is what a machine is told at its first boot.
type UserData struct {
	// HostName is the machine's own name. Required.
	HostName string
	// HostPrivateKey and HostPublicKey are its ed25519 SSH host key in OpenSSH
	// form. Required. The private half is the only secret here: without it the
	// first connection could not be verified.
	HostPrivateKey, HostPublicKey string
}

// cloudConfig mirrors the keys of cloud-init's cloud-config that Slipway sets.
type cloudConfig struct {
	Hostname         string            `json:"hostname"`
	PreserveHostname bool              `json:"preserve_hostname"`
	ManageEtcHosts   string            `json:"manage_etc_hosts"`
	DisableRoot      bool              `json:"disable_root"`
	SSHPasswordAuth  bool              `json:"ssh_pwauth"`
	SSHDeleteKeys    bool              `json:"ssh_deletekeys"`
	SSHGenKeyTypes   []string          `json:"ssh_genkeytypes"`
	SSHKeys          map[string]string `json:"ssh_keys"`
}

// Render returns the #cloud-config document.
func Render(u UserData) (string, error) {
	body, err := yaml.Marshal(cloudConfig{
		Hostname: u.HostName,
		// The machine's name is its Node's: it must resolve without DNS, or sudo
		// waits for a time-out at each call.
		ManageEtcHosts: "localhost",
		DisableRoot:    true,
		// Keys that the image brought are on every machine made from it.
		SSHDeleteKeys:  true,
		SSHGenKeyTypes: []string{"ed25519"},
		SSHKeys: map[string]string{
			"ed25519_private": u.HostPrivateKey,
			"ed25519_public":  strings.TrimSpace(u.HostPublicKey),
		},
	})
	if err != nil {
		return "", fmt.Errorf("rendering user data of %q: %w", u.HostName, err)
	}
	return "#cloud-config\n" + string(body), nil
}
