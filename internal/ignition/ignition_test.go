package ignition

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"slipway/internal/golden"
)

// sample has everything set that UserData can say.
func sample() UserData {
	return UserData{
		HostName:          "dev-cp1",
		HostPrivateKey:    "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5/+==\n-----END OPENSSH PRIVATE KEY-----\n",
		HostPublicKey:     "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIGtleQ\n",
		MaskedUnits:       []string{"zincati.service"},
		PermissiveSELinux: true,
	}
}

func render(t *testing.T, u UserData) string {
	t.Helper()
	text, err := Render(u)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// write keeps a configuration where Ignition can read it.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.ign")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRender(t *testing.T) {
	golden.Assert(t, "config.ign", render(t, sample()))
}

// TestIgnitionAcceptsIt asks the real validator, whose warnings count too.
func TestIgnitionAcceptsIt(t *testing.T) {
	validate, err := exec.LookPath("ignition-validate")
	if err != nil {
		t.Skip("ignition-validate is not installed")
	}
	if out, err := exec.Command(validate, write(t, render(t, sample()))).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("ignition-validate: %v\n%s", err, out)
	}
}

// ignition is where Debian's package has the program for the initramfs.
const ignition = "/usr/lib/dracut/modules.d/30ignition/ignition"

// TestIgnitionAppliesIt runs the real program on a folder that stands for a
// disk, on which the image already has a host name and a host key.
func TestIgnitionAppliesIt(t *testing.T) {
	if _, err := os.Stat(ignition); err != nil {
		t.Skip("ignition is not installed")
	}
	if out, err := exec.Command("unshare", "--user", "--map-root-user", "true").CombinedOutput(); err != nil {
		t.Skipf("no user namespaces here: %s", out)
	}
	config, root, run := write(t, render(t, sample())), t.TempDir(), t.TempDir()
	// SELinux labels take the target's policy, which is not here.
	if err := os.WriteFile(run+"/setfiles", []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(root+"/etc/ssh", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/etc/hostname", hostKey} {
		if err := os.WriteFile(root+name, []byte("the image's\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, stage := range []string{"fetch-offline", "files"} {
		cmd := exec.Command("unshare", "--user", "--map-root-user", ignition, "-log-to-stdout", "-platform=file", "-stage="+stage,
			"-root="+root, "-config-cache="+run+"/config", "-neednet="+run+"/neednet", "-state-file="+run+"/state")
		cmd.Env = append(os.Environ(), "IGNITION_CONFIG_FILE="+config, "PATH="+run+":"+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", stage, err, out)
		}
	}
	for name, want := range map[string]struct {
		mode os.FileMode
		text string
	}{
		"/etc/hostname":                          {0o644, "dev-cp1\n"},
		hostKey:                                  {0o600, sample().HostPrivateKey},
		hostKey + ".pub":                         {0o644, sample().HostPublicKey},
		"/etc/ssh/sshd_config.d/10-slipway.conf": {0o600, sshd},
		"/etc/selinux/config":                    {0o644, selinux},
	} {
		info, err := os.Stat(root + name)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(root + name); err != nil || string(text) != want.text || info.Mode() != want.mode {
			t.Errorf("%s: mode %o, %v\n%s", name, info.Mode(), err, text)
		}
	}
	if target, err := os.Readlink(root + "/etc/systemd/system/zincati.service"); err != nil || target != "/dev/null" {
		t.Errorf("zincati.service is not masked: %q, %v", target, err)
	}
}
