package hosts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"slipway/lab/internal/machine"
)

const hostKeyFile = "etc/ssh/ssh_host_ed25519_key"

// sudoPasswordHash is that of SudoPassword, by openssl passwd -6.
const sudoPasswordHash = "$6$slipwaylab$WqgEClBbcnyLhPS0OIQVa3o3vQrFEd8B2t/ysi4YZC0S.fFyXKXu7mf1loxzi2LvBcxrcf5knHIGT2wBd4SEL."

// sudoTag lets the user do without the password on all hosts but one.
func sudoTag(host string) string {
	if host == "h2" {
		return ""
	}
	return "NOPASSWD: "
}

// userID is the first of an ordinary user on Debian.
const userID = 1000

// keyFile is the private key that opens all hosts.
func (h Hosts) keyFile() string { return filepath.Join(h.dir, "id_ed25519") }

func (h Hosts) ensureKey(ctx context.Context) error {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return err
	}
	return makeKey(ctx, h.keyFile())
}

// makeKey makes an SSH key, whose public half is in file.pub, unless it is there.
func makeKey(ctx context.Context, file string) error {
	if _, err := os.Stat(file + ".pub"); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.RemoveAll(file); err != nil { // the half of one: ssh-keygen would ask
		return err
	}
	out, err := exec.CommandContext(ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file).CombinedOutput()
	if err != nil {
		return fmt.Errorf("making the SSH key %s: %w: %s", file, err, out)
	}
	return nil
}

// furnish does what somebody once did by hand or with an installer, before the
// first boot: a name, a user, keys.
func (h Hosts) furnish(ctx context.Context, root string, s machine.Spec) error {
	hostKey := filepath.Join(root, hostKeyFile)
	if _, err := os.Stat(hostKey + ".pub"); !errors.Is(err, fs.ErrNotExist) {
		return err // the last thing that is made
	}
	public, err := os.ReadFile(h.keyFile() + ".pub")
	if err != nil {
		return err
	}
	for _, f := range []struct {
		path, content string
		mode          fs.FileMode
	}{
		{"etc/cloud/cloud-init.disabled", "", 0o644},
		{"etc/hostname", s.Name + "\n", 0o644},
		{"etc/hosts", "127.0.0.1 localhost\n127.0.1.1 " + s.Name + "\n", 0o644},
		{"etc/sudoers.d/" + User, User + " ALL=(ALL) " + sudoTag(s.Name) + "ALL\n", 0o440},
		{"home/" + User + "/.ssh/authorized_keys", string(public), 0o600},
	} {
		if err := writeFile(filepath.Join(root, f.path), f.content, f.mode); err != nil {
			return err
		}
	}
	if err := addUser(root); err != nil {
		return err
	}
	return makeKey(ctx, hostKey)
}

func writeFile(path, content string, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), mode)
}

// addUser adds the user to the files of a Debian system, as adduser does.
func addUser(root string) error {
	for file, line := range map[string]string{
		"etc/passwd": fmt.Sprintf("%s:x:%d:%d::/home/%s:/bin/bash\n", User, userID, userID, User),
		"etc/group":  fmt.Sprintf("%s:x:%d:\n", User, userID),
		"etc/shadow": User + ":" + sudoPasswordHash + ":19000:0:99999:7:::\n",
	} {
		path := filepath.Join(root, file)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains("\n"+string(text), "\n"+User+":") {
			continue
		}
		if err := os.WriteFile(path, append(text, line...), 0o644); err != nil {
			return err
		}
	}
	home := filepath.Join(root, "home", User)
	return filepath.WalkDir(home, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, userID, userID)
	})
}
