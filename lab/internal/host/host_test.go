package host

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSysctlsAreRaisedAndRestored(t *testing.T) {
	for _, test := range []struct{ name, before, between, raised, after string }{
		{"too low", "128", "8192", "8192", "128"},
		{"high enough", "16384", "16384", "16384", "16384"},
		{"changed by somebody else meanwhile", "128", "9000", "8192", "9000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, saved := t.TempDir(), filepath.Join(t.TempDir(), "saved.json")
			file := filepath.Join(root, "fs/inotify/max_user_instances")
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			set(t, file, test.before)
			for range 2 { // the second time must not save the raised value
				if err := raiseSysctls(root, saved); err != nil {
					t.Fatal(err)
				}
			}
			expect(t, file, test.raised)
			set(t, file, test.between)
			for range 2 {
				if err := restoreSysctls(root, saved); err != nil {
					t.Fatal(err)
				}
			}
			expect(t, file, test.after)
		})
	}
}

func set(t *testing.T, file, value string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, file, want string) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(got)) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMissingPackages(t *testing.T) {
	got := missingPackages(func(command string) (string, error) {
		if command == "ip" || command == "nsenter" {
			return "/usr/bin/" + command, nil
		}
		return "", errors.New("not found")
	})
	if want := []string{"mmdebstrap", "mount", "openssh-client", "systemd-container"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLabRoutes(t *testing.T) {
	got := labRoutes(`default via 192.0.2.1 dev eth0
10.79.0.0/24 dev slipway0 proto kernel scope link src 10.79.0.1
172.24.4.0/24 via 10.79.0.2 dev slipway0 
10.81.0.0/24 dev slipway1 proto kernel scope link src 10.81.0.1 
192.0.2.0/24 dev eth0 scope link
`)
	want := []string{
		"route 10.79.0.0/24 dev slipway0 proto kernel scope link src 10.79.0.1",
		"route 172.24.4.0/24 via 10.79.0.2 dev slipway0",
		"route 10.81.0.0/24 dev slipway1 proto kernel scope link src 10.81.0.1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOverlaps(t *testing.T) {
	c := Cable{HostAddress: "10.79.0.1", PeerAddress: "10.79.0.2", Routed: "172.24.4.0/24"}
	for address, want := range map[string]string{
		"10.79.0.200/24": "the lab's network 10.79.0.0/24 overlaps with 10.79.0.200/24 of interface eth9",
		"10.0.0.1/8":     "the lab's network 10.79.0.0/24 overlaps with 10.0.0.1/8 of interface eth9",
		"172.24.4.9/32":  "the lab's network 172.24.4.0/24 overlaps with 172.24.4.9/32 of interface eth9",
		"192.0.2.7/24":   "",
		"fe80::1/64":     "",
	} {
		got := ""
		if err := c.overlap("eth9", address); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

func TestRoom(t *testing.T) {
	const gb = 1_000_000_000
	if got := room("/lab", 10*gb); got != "" {
		t.Errorf("with enough: %s", got)
	}
	want := "warning: the disk of /lab has 9 GB free: clusters need 10 GB, and with the last of it nodes evict their pods (DiskPressure), so make room first"
	if got := room("/lab", 9*gb); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
