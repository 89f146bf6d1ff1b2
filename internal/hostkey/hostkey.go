// Package hostkey finds and reads the public keys by which SSH servers are
// recognised.
package hostkey

import (
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// ErrUnknown is returned for an address that has no key.
var ErrUnknown = errors.New("no key is known")

// preference orders the types of keys, as OpenSSH's client does.
var preference = []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSA}

// Parse reads a public key in the form of authorized_keys, "<type> <key>", and
// returns it without its comment.
func Parse(key string) (string, error) {
	parsed, _, _, rest, err := ssh.ParseAuthorizedKey([]byte(key))
	if err != nil || len(strings.TrimSpace(string(rest))) > 0 {
		return "", errors.New("must be one public key, as in /etc/ssh/ssh_host_ed25519_key.pub of the machine")
	}
	return format(parsed), nil
}

func format(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// Lookup returns the key that the text of a known_hosts file has for a host name
// or address at port 22, in the form of authorized_keys. Of several it prefers
// ed25519, then ECDSA, then RSA. It fails with ErrUnknown when there is none.
func Lookup(knownHosts, address string) (string, error) {
	if strings.TrimSpace(knownHosts) == "" {
		return "", ErrUnknown
	}
	check, err := open(knownHosts)
	if err != nil {
		return "", err
	}
	// A key that nobody has is refused, with those that the host has.
	stranger, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		return "", fmt.Errorf("looking up %s: %w", address, err)
	}
	var known *knownhosts.KeyError
	if err := check(net.JoinHostPort(address, "22"), &net.TCPAddr{IP: net.ParseIP(address), Port: 22}, stranger); !errors.As(err, &known) {
		return "", fmt.Errorf("looking up %s: %w", address, cmp.Or(err, ErrUnknown))
	}
	lines := strings.Split(knownHosts, "\n")
	own := slices.DeleteFunc(known.Want, func(k knownhosts.KnownKey) bool {
		return strings.HasPrefix(strings.TrimSpace(lines[k.Line-1]), "@cert-authority") // the key of who vouches for it
	})
	if len(own) == 0 {
		return "", ErrUnknown
	}
	best := slices.MinFunc(own, func(a, b knownhosts.KnownKey) int { return cmp.Compare(rank(a.Key), rank(b.Key)) })
	return format(best.Key), nil
}

func rank(key ssh.PublicKey) int {
	if i := slices.Index(preference, key.Type()); i >= 0 {
		return i
	}
	return len(preference)
}

// open hands the text to the library, which reads files only.
func open(text string) (ssh.HostKeyCallback, error) {
	file, err := os.CreateTemp("", "known_hosts")
	if err != nil {
		return nil, fmt.Errorf("reading known hosts: %w", err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		return nil, fmt.Errorf("reading known hosts: %w", err)
	}
	check, err := knownhosts.New(file.Name())
	if err != nil {
		// The library says where in its file, which is not the user's.
		return nil, fmt.Errorf("must be the text of a known_hosts file: %s", strings.TrimPrefix(err.Error(), "knownhosts: "+file.Name()+":"))
	}
	return check, nil
}
