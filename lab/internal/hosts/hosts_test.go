package hosts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The id names the network namespace, the cgroup and the tap: all are cut at
// eight characters or more.
func TestHostsAreToldApartByTheirIDs(t *testing.T) {
	seen := map[string]bool{}
	for n := 1; n <= MaxCount; n++ {
		s := spec(n)
		if len(s.ID) != 8 || seen[s.ID] || seen[s.Address()] {
			t.Errorf("host %d has id %q and address %s", n, s.ID, s.Address())
		}
		seen[s.ID], seen[s.Address()] = true, true
	}
	if s := spec(1); s.Name != "h1" || s.ID != "0a51000b" || s.Address() != "10.81.0.11" || Bridge != "brqlan" {
		t.Errorf("the first host is %+v on %s", s, Bridge)
	}
}

func TestFurnishGivesAUserAndKeysOnce(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil || os.Getuid() != 0 {
		t.Skip("needs root and ssh-keygen")
	}
	h := New(t.TempDir(), t.TempDir(), nil)
	if err := h.ensureKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for file, text := range map[string]string{"etc/passwd": "root:x:0:0::/root:/bin/bash\n", "etc/group": "root:x:0:\n", "etc/shadow": "root:*:19000::::::\n", "etc/ssh/sshd_config": ""} {
		if err := writeFile(filepath.Join(root, file), text, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	read := func(file string) string {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if err := h.furnish(t.Context(), root, spec(1)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(read("etc/passwd"), "\n"+User+":"); got != 1 {
		t.Errorf("the user is there %d times", got)
	}
	if key, _ := os.ReadFile(h.keyFile() + ".pub"); read("home/ops/.ssh/authorized_keys") != string(key) || len(key) == 0 {
		t.Errorf("the user does not have the key %q", key)
	}
	if !strings.HasPrefix(read(hostKeyFile+".pub"), "ssh-ed25519 ") {
		t.Errorf("the host key is %q", read(hostKeyFile+".pub"))
	}
	if got, want := sudoTag("h1")+"|"+sudoTag("h2"), "NOPASSWD: |"; got != want {
		t.Errorf("sudo is tagged %q, want %q", got, want)
	}
	// What the host has changed since stays.
	if err := writeFile(filepath.Join(root, "etc/hosts"), "10.81.0.12 h2\n", 0o644); err != nil {
		t.Fatal(err)
	}
	before := read(hostKeyFile)
	if err := h.furnish(t.Context(), root, spec(1)); err != nil {
		t.Fatal(err)
	}
	if read("etc/hosts") != "10.81.0.12 h2\n" || read(hostKeyFile) != before {
		t.Error("the second time it changed something")
	}
}
