package cloud

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

var exampleSecrets = Secrets{
	Admin: "admin-secret", User: "user-secret", Service: "service-secret",
	Queue: "queue-secret", Metadata: "metadata-secret", Octavia: "octavia-secret", DNS: "dns-secret",
}

func renderExample(t *testing.T) map[string]string {
	t.Helper()
	rendered, err := files(exampleSecrets)
	if err != nil {
		t.Fatal(err)
	}
	return rendered
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; look at it with: go test ./internal/cloud -update && git diff\ngot:\n%s", name, got)
	}
}

func TestRenderedFiles(t *testing.T) {
	rendered := renderExample(t)
	for _, name := range []string{
		"etc/slipway/nova.conf", "etc/slipway/nova-compute-lab-2.conf", "etc/slipway/neutron.conf",
		"etc/slipway/cinder.conf", "etc/slipway/designate.conf", "etc/slipway/named.conf", "etc/slipway/setup.json",
		"etc/systemd/system/slipway-nova-scheduler.service", "etc/systemd/system/slipway-network.service",
		"etc/systemd/system/slipway.target",
	} {
		golden(t, filepath.Base(name), rendered["/"+name])
	}
	config, err := clientConfig(exampleSecrets)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "clouds.yaml", string(config))
}

// Passwords must stay in files that only root reads, and out of process lists.
func TestSecretsStayInConfiguration(t *testing.T) {
	for name, text := range renderExample(t) {
		if strings.Contains(text, "-secret") && !strings.HasPrefix(name, conf) {
			t.Errorf("%s holds a password", name)
		}
	}
	for _, s := range services() {
		if strings.Contains(s.exec, "secret") {
			t.Errorf("the command line of %s holds a password", s.name)
		}
	}
}

func TestWrittenModes(t *testing.T) {
	root := t.TempDir()
	if err := write(root, renderExample(t)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{
		conf + "nova.conf": 0o600, conf + "setup.json": 0o600,
		"/usr/local/lib/slipway/schema": 0o755, "/etc/systemd/system/slipway.target": 0o644,
	} {
		info, err := os.Stat(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", name, info.Mode().Perm(), want)
		}
	}
}

// A unit that names a file or another unit that does not exist shows only at
// the end of a build that takes minutes.
func TestUnitsReferToWhatExists(t *testing.T) {
	rendered := renderExample(t)
	names := ServiceNames()
	path := regexp.MustCompile(`/(?:etc|usr/local)/[^ "]+`)
	for _, s := range services() {
		for _, other := range s.after {
			if !slices.Contains(names, other) {
				t.Errorf("%s comes after %s, which does not exist", s.name, other)
			}
		}
		for _, file := range path.FindAllString(s.exec, -1) {
			if _, ok := rendered[file]; !ok {
				t.Errorf("%s refers to %s, which is not written", s.name, file)
			}
		}
	}
}

func TestOrderHasNoCycle(t *testing.T) {
	after := map[string][]string{}
	for _, s := range services() {
		after[s.name] = s.after
	}
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if slices.Contains(path, name) {
			t.Fatalf("services wait for each other: %s", strings.Join(append(path, name), " -> "))
		}
		for _, next := range after[name] {
			visit(next, append(slices.Clone(path), name))
		}
	}
	for name := range after {
		visit(name, nil)
	}
}

func TestRecipeKeyIgnoresPasswords(t *testing.T) {
	first, err := Recipe()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Recipe()
	if err != nil {
		t.Fatal(err)
	}
	if first.Key() != second.Key() {
		t.Errorf("the same recipe has the keys %s and %s", first.Key(), second.Key())
	}
	second.Inputs = append(slices.Clone(second.Inputs), "more")
	if first.Key() == second.Key() {
		t.Error("a changed recipe keeps its key")
	}
}

func TestMissing(t *testing.T) {
	boot, err := parseBeat("2026-01-02T03:04:05.000000")
	if err != nil {
		t.Fatal(err)
	}
	beats := []heartbeat{
		{"fresh", "up", "2026-01-02T03:04:06.000000"},
		{"fresh-neutron", "up", "2026-01-02 03:04:06"},
		{"stale", "up", "2026-01-02T03:04:04.000000"},
		{"down", "down", "2026-01-02T03:04:06.000000"},
	}
	if err := missing([]string{"fresh", "fresh-neutron"}, beats, boot); err != nil {
		t.Error(err)
	}
	err = missing([]string{"fresh", "stale", "down", "absent"}, beats, boot)
	if want := "waiting for stale, down, absent"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
