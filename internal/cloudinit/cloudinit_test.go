package cloudinit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/internal/golden"
)

func sample() UserData {
	return UserData{
		HostName:       "dev-cp1",
		HostPrivateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5\n-----END OPENSSH PRIVATE KEY-----\n",
		HostPublicKey:  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIGtleQ\n",
	}
}

func TestRender(t *testing.T) {
	got, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "user-data.yaml", got)
}

func TestRenderRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*UserData)
		want   string
	}{
		"no host key": {func(u *UserData) { u.HostPrivateKey = "" },
			"rendering user data: host name and both halves of the host key are required"},
		"no host name": {func(u *UserData) { u.HostName = "" },
			"rendering user data: host name and both halves of the host key are required"},
		"more than Nova accepts": {func(u *UserData) { u.HostPrivateKey = strings.Repeat("k", 49000) },
			`user data of "dev-cp1" has 65692 bytes in base64, more than the 65535 that Nova accepts`},
	} {
		t.Run(name, func(t *testing.T) {
			u := sample()
			test.change(&u)
			if _, err := Render(u); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestCloudInitAcceptsIt asks the real tool.
func TestCloudInitAcceptsIt(t *testing.T) {
	cloudInit, err := exec.LookPath("cloud-init")
	if err != nil {
		t.Skip("cloud-init is not installed")
	}
	text, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "user-data")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cloudInit, "schema", "--config-file", file).CombinedOutput(); err != nil || !strings.Contains(string(out), "Valid cloud-config") {
		t.Errorf("cloud-init schema: %v\n%s", err, out)
	}
}
