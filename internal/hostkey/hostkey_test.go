package hostkey

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

func publicKey(t *testing.T, key any) string {
	t.Helper()
	public, err := ssh.NewPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return format(public)
}

func keys(t *testing.T) (ed, ec string) {
	t.Helper()
	edKey, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return publicKey(t, edKey), publicKey(t, &ecKey.PublicKey)
}

func TestLookup(t *testing.T) {
	ed, ec := keys(t)
	const host = "192.0.2.11"
	tests := map[string]struct{ text, want, err string }{
		"plain":             {host + " " + ed, ed, ""},
		"one of several":    {"192.0.2.12 " + ec + "\nh1," + host + " " + ed, ed, ""},
		"preferred type":    {host + " " + ec + "\n" + host + " " + ed + "\n", ed, ""},
		"only type":         {"# comment\n\n" + host + " " + ec, ec, ""},
		"hashed":            {knownhosts.HashHostname(host) + " " + ed, ed, ""},
		"pattern":           {"192.0.2.* " + ed, ed, ""},
		"usual port":        {"[" + host + "]:22 " + ed, ed, ""},
		"other port":        {"[" + host + "]:2222 " + ed, "", ErrUnknown.Error()},
		"other host":        {"192.0.2.12 " + ed, "", ErrUnknown.Error()},
		"nothing":           {"", "", ErrUnknown.Error()},
		"authority":         {"@cert-authority " + host + " " + ed, "", ErrUnknown.Error()},
		"no known_hosts":    {host, "", "must be the text of a known_hosts file"},
		"revoked, and good": {"@revoked * " + ec + "\n" + host + " " + ed, ed, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Lookup(tt.text, host)
			if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %v; want %q, %q", got, err, tt.want, tt.err)
			}
			if tt.err == ErrUnknown.Error() && !errors.Is(err, ErrUnknown) {
				t.Errorf("%v is not ErrUnknown", err)
			}
		})
	}
}

func TestParse(t *testing.T) {
	ed, _ := keys(t)
	if got, err := Parse(ed + " root@h1\n"); err != nil || got != ed {
		t.Errorf("got %q, %v; want the key without its comment", got, err)
	}
	for name, text := range map[string]string{"empty": "", "type only": "ssh-ed25519", "two keys": ed + "\n" + ed, "fingerprint": "SHA256:abc"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
