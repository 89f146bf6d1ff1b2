package nodeos

import (
	"strings"
	"testing"
)

func sample() Host {
	return Host{HostName: "dev-cp1", HostPrivateKey: "private\n", HostPublicKey: "ssh-ed25519 public\n"}
}

func TestSystems(t *testing.T) {
	if got, want := strings.Join(Names(), " "), "debian fedora-coreos flatcar ubuntu"; got != want {
		t.Errorf("systems: %s, want %s", got, want)
	}
	for o, test := range map[OS]struct {
		user     string
		packages bool
		data     []string // what the user data must hold
	}{
		Debian:       {"debian", true, []string{"#cloud-config\n", "hostname: dev-cp1\n"}},
		Ubuntu:       {"ubuntu", true, []string{"#cloud-config\n", "hostname: dev-cp1\n"}},
		Flatcar:      {"core", false, []string{"data:,dev-cp1%0A", `"update-engine.service"`, `"locksmithd.service"`}},
		FedoraCoreOS: {"core", false, []string{"data:,dev-cp1%0A", `"zincati.service"`, "SELINUX=permissive"}},
		"":           {"", false, nil},
	} {
		if o.User() != test.user || o.InstallsPackages() != test.packages {
			t.Errorf("%q: user %q, packages %t", o, o.User(), o.InstallsPackages())
		}
		if o == "" {
			continue
		}
		text, err := UserData(o, sample())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range test.data {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in:\n%s", o, want, text)
			}
		}
	}
}

// TestHostsDoNotMix: systems share their settings, not the keys of their hosts.
func TestHostsDoNotMix(t *testing.T) {
	other := sample()
	other.HostName = "dev-w1"
	first, _ := UserData(Flatcar, sample())
	if _, err := UserData(Flatcar, other); err != nil {
		t.Fatal(err)
	}
	if again, _ := UserData(Flatcar, sample()); again != first {
		t.Errorf("rendered again:\n%s\nfirst:\n%s", again, first)
	}
}

func TestUserDataRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		os     OS
		change func(*Host)
		want   string
	}{
		"unknown system": {"windows", func(*Host) {},
			`rendering user data of "dev-cp1": operating system "windows" is none of debian, fedora-coreos, flatcar, ubuntu`},
		"no private key": {Debian, func(h *Host) { h.HostPrivateKey = "" },
			"rendering user data: host name and both halves of the host key are required"},
		"no public key": {Flatcar, func(h *Host) { h.HostPublicKey = "" },
			"rendering user data: host name and both halves of the host key are required"},
		"no host name": {Flatcar, func(h *Host) { h.HostName = "" },
			"rendering user data: host name and both halves of the host key are required"},
		"cloud-init: more than Nova accepts": {Debian, func(h *Host) { h.HostPrivateKey = strings.Repeat("k", 49000) },
			`user data of "dev-cp1" has 65652 bytes in base64, more than the 65535 that Nova accepts`},
		"Ignition: more than Nova accepts": {Flatcar, func(h *Host) { h.HostPrivateKey = strings.Repeat("k", 49000) },
			`user data of "dev-cp1" has 66820 bytes in base64, more than the 65535 that Nova accepts`},
	} {
		t.Run(name, func(t *testing.T) {
			h := sample()
			test.change(&h)
			if _, err := UserData(test.os, h); err == nil || err.Error() != test.want {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}
