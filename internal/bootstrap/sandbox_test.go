package bootstrap

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/internal/artifacts"
)

// sandbox is a machine's changeable folders, in a mount namespace over the real
// ones. The scripts run in it as they are.
type sandbox struct {
	t    *testing.T
	root string
}

// covered are the folders that a sandbox has of its own.
var covered = []string{"/etc", "/run", "/var/lib", "/var/log", "/var/cache", "/usr/local", "/opt"}

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	if out, err := exec.Command("unshare", "--user", "--map-root-user", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("no user and mount namespaces here: %s", out)
	}
	s := &sandbox{t: t, root: t.TempDir()}
	for _, dir := range append([]string{"/etc/systemd/system"}, covered...) {
		if err := os.MkdirAll(s.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// Debian's awk is a link into /etc.
	if target, err := os.Readlink("/etc/alternatives/awk"); err == nil {
		if err := errors.Join(os.Mkdir(s.path("/etc/alternatives"), 0o755), os.Symlink(target, s.path("/etc/alternatives/awk"))); err != nil {
			t.Fatal(err)
		}
	}
	// sudo needs a real user database; here everyone is root already.
	s.fake("sudo", `[ "$1" = -n ] && shift; exec "$@"`)
	return s
}

// path is where a path of the machine lies outside of it.
func (s *sandbox) path(p string) string { return filepath.Join(s.root, p) }

// fake puts a command before the real one of that name.
func (s *sandbox) fake(name, body string) {
	s.t.Helper()
	s.write(artifacts.BinDir+"/"+name, "#!/bin/bash\n"+body+"\n")
}

func (s *sandbox) write(path, content string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(path)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(path), []byte(content), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sandbox) read(path string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.path(path))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *sandbox) exists(path string) bool {
	_, err := os.Lstat(s.path(path))
	return err == nil
}

// run executes a command line in the sandbox, as sshd would, and returns what
// it printed.
func (s *sandbox) run(command, stdin string) (string, error) {
	s.t.Helper()
	var mounts strings.Builder
	for _, dir := range covered {
		mounts.WriteString("mount --bind " + quote(s.path(dir)) + " " + dir + "\n")
	}
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount", "bash", "-c", "set -e\n"+mounts.String()+"exec bash -c \"$1\"", "bash", command)
	cmd.Env = []string{"PATH=" + artifacts.BinDir + ":/usr/bin:/bin:/usr/sbin:/sbin"}
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// install puts a node's files in place.
func (s *sandbox) install(p Params) {
	s.t.Helper()
	if out, err := s.run(InstallCommand, archive(s.t, p)); err != nil {
		s.t.Fatalf("install: %v\n%s", err, out)
	}
}

// must runs a step that has to succeed.
func (s *sandbox) must(step Step, stdin string) string {
	s.t.Helper()
	out, err := s.run(Command(step), stdin)
	if err != nil {
		s.t.Fatalf("%s: %v\n%s", step, err, out)
	}
	return out
}

func archive(t *testing.T, p Params) string {
	t.Helper()
	text, err := Archive(files(t, p))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// shorten replaces a limit in an installed script, so that a test can reach it.
func (s *sandbox) shorten(script, from, to string) {
	s.t.Helper()
	path := ScriptDir + "/" + script
	text := s.read(path)
	if !strings.Contains(text, from) {
		s.t.Fatalf("%s has no %q", script, from)
	}
	s.write(path, strings.Replace(text, from, to, 1))
}
