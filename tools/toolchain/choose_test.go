package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// pinned returns a bench with this repository's pins and a site as upstream.
func pinned(t *testing.T) (*bench, *site) {
	t.Helper()
	b, s := newBench(t, ""), newSite(t)
	pins, err := readPins(b.root)
	if err != nil {
		t.Fatal(err)
	}
	b.pins, b.upstream = pins, s.upstream
	return b, s
}

// TestEveryPinIsThere evaluates all items: a missing pin panics. Each module
// has its checksums, so that a build needs no checksum database.
func TestEveryPinIsThere(t *testing.T) {
	b, _ := pinned(t)
	outputs := map[string]string{}
	items := append(pulumiItems(b.pins), linterItem())
	for _, g := range b.pins.groups() {
		items = append(items, g.items...)
	}
	for _, i := range items {
		if other, taken := outputs[i.output]; taken {
			t.Errorf("%s and %s have the same output", i.name, other)
		}
		outputs[i.output] = i.name
		if _, err := b.key(i); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(b.root, "tools", i.module, "go.sum")); err != nil && i.module != "pause" {
			t.Error(err)
		}
	}
	for _, g := range b.pins.groups() {
		for _, f := range g.files {
			for _, program := range append([]string{f.binary}, values(f.archive)...) {
				if program != "" && outputs["artifacts/"+program] == "" && outputs["artifacts/"+program+"/"] == "" {
					t.Errorf("%s consists of %s, which nothing builds", f.file, program)
				}
			}
			if f.from.module != "" {
				b.pins.module("tools/"+f.from.tool, f.from.module) // panics without it
			}
		}
		for _, c := range g.copies {
			b.pins.module("tools/"+c.from.tool, c.from.module) // panics without it
			outputs["artifacts/"+c.to] = c.to
		}
		for _, image := range g.images {
			for _, program := range image.Files {
				if outputs["artifacts/"+program] == "" {
					t.Errorf("%s consists of %s, which nothing builds", image.Ref, program)
				}
			}
		}
	}
}

func values(m map[string]string) []string {
	var all []string
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

func TestOlder(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"v3.232.0", "v3.232.0", false}, {"v3.231.9", "v3.232.0", true}, {"v3.240.0", "v3.232.0", false},
		{"v4.0.0", "v3.232.0", false}, {"v3.99.0", "v3.232.0", true}, {"v3.233.0-dev.0", "v3.232.0", false},
		{"", "v3.232.0", true}, {"nonsense", "v3.232.0", true},
	} {
		if got := older(test.a, test.b); got != test.want {
			t.Errorf("older(%q, %q) = %t", test.a, test.b, got)
		}
	}
}

// cli is a shell script that plays the Pulumi CLI and keeps a log of how it was
// called.
func cli(version, log string) string {
	return "#!/bin/sh\n[ \"$1\" = version ] && { echo " + version + "; exit; }\necho \"$PULUMI_HOME: $*\" >> " + log +
		"\nmkdir -p \"$PULUMI_HOME/plugins/resource-$4-v$5\" && : > \"$PULUMI_HOME/plugins/resource-$4-v$5/pulumi-resource-$4\"\n"
}

// addKubectl publishes kubectl, and the other files with it.
func (s *site) addKubectl(p pins) { s.addFiles(p.files()) }

func (s *site) addFiles(files []published) {
	for _, f := range files {
		s.files[f.file] = []byte(f.file)
		if f.checksums != "" {
			s.files[f.checksums] = []byte(sumOf([]byte(f.file)) + "\n")
		}
	}
}

// addGroup publishes files and images and returns the images' digests.
func (s *site) addGroup(t *testing.T, g group) map[string]string {
	t.Helper()
	s.addFiles(g.files)
	digests := map[string]string{}
	for _, image := range g.images {
		name, tag, _ := strings.Cut(image.Ref, ":")
		host, repository, _ := strings.Cut(strings.Replace(name, "docker.io/", "registry-1.docker.io/", 1), "/")
		digests[image.Ref] = s.addImage(t, host+"/v2/"+repository, tag, []byte(image.Ref))
	}
	return digests
}

func TestToolsChoice(t *testing.T) {
	for name, test := range map[string]struct {
		source    string
		reachable bool
		installed string
		want      string
		reason    string
	}{
		"nothing reachable":        {auto, false, "v9.0.0", fromModules, "cannot be fetched"},
		"installed and new enough": {auto, true, "v9.0.0", fromPath, "new enough"},
		"installed but old":        {auto, true, "v3.1.0", fromUpstream, `is "v3.1.0", older than`},
		"not installed":            {auto, true, "", fromUpstream, "no pulumi is installed"},
		"compile asked for":        {fromModules, true, "v9.0.0", fromModules, "-source"},
	} {
		b, s := pinned(t)
		b.source = test.source
		if test.reachable {
			s.files[b.pins.officialPlugin()] = nil
		}
		path := t.TempDir()
		if test.installed != "" {
			write(t, path+"/pulumi", cli(test.installed, "/dev/null"))
		}
		t.Setenv("PATH", path+":/usr/bin:/bin")
		c, _ := b.chooseTools(t.Context())
		if c.Source != test.want || !strings.Contains(c.Reason, test.reason) {
			t.Errorf("%s: %s: %s", name, c.Source, c.Reason)
		}
	}
}

// TestOfficialTools goes through the whole download path of the CLI.
func TestOfficialTools(t *testing.T) {
	b, s := pinned(t)
	s.files[b.pins.officialPlugin()] = nil
	s.addKubectl(b.pins)
	log := filepath.Join(t.TempDir(), "log")
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	files := tar.NewWriter(zipped)
	for name, content := range map[string]string{"pulumi/pulumi": cli("v", log), "pulumi/pulumi-language-go": "#!/bin/sh\n"} {
		if err := files.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	arch := strings.Replace(runtime.GOARCH, "amd64", "x64", 1)
	version := b.pins.pulumi()
	base := "github.com/pulumi/pulumi/releases/download/" + version
	name := "pulumi-" + version + "-linux-" + arch + ".tar.gz"
	s.files[base+"/"+name] = archive.Bytes()
	s.files[base+"/pulumi-"+strings.TrimPrefix(version, "v")+"-checksums.txt"] = []byte(sumOf(archive.Bytes()) + "  " + name + "\n")
	t.Setenv("PATH", "/usr/bin:/bin")

	if err := b.tools(t.Context()); err != nil {
		t.Fatal(err)
	}
	calls, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for plugin := range sdks {
		want := b.in("pulumi") + ": plugin install resource " + plugin + " " + b.pins.plugin(plugin) + "\n"
		if !strings.Contains(string(calls), want) {
			t.Errorf("no %q in:\n%s", want, calls)
		}
	}
	env, err := os.ReadFile(b.in("toolchain", "env"))
	if err != nil || !strings.Contains(string(env), "PULUMI_HOME=") || strings.Contains(string(env), "AUTOMATIC_PLUGIN") {
		t.Errorf("env: %s, %v", env, err)
	}
	if info, err := os.Stat(b.in("toolchain", "bin", "kubectl")); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("kubectl: %v, %v", info, err)
	}
	asked := len(s.requests)
	if err := b.tools(t.Context()); err != nil || len(s.requests) != asked || !b.heard("tools: complete (upstream") {
		t.Errorf("the rerun asked upstream %d times more, %v", len(s.requests)-asked, err)
	}
}

// TestOfficialArtifacts downloads all files and images and continues after a
// cut.
func TestOfficialArtifacts(t *testing.T) {
	b, s := pinned(t)
	digests := s.addGroup(t, b.pins.core())
	cut := b.pins.files()[3].file
	s.cut[cut] = 5
	err := b.artifacts(t.Context())
	if err == nil || !strings.Contains(err.Error(), cut[strings.LastIndex(cut, "/")+1:]) || !strings.Contains(err.Error(), "-source compile") {
		t.Fatalf("a cut connection: %v", err)
	}
	if _, err := os.Stat(b.in("artifacts", "COMPLETE")); err == nil {
		t.Error("complete although a file is missing")
	}
	if err := b.artifacts(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range b.pins.files() {
		if content, err := os.ReadFile(b.in("artifacts", "files", f.file)); err != nil || string(content) != f.file {
			t.Errorf("%s: %q, %v", f.file, content, err)
		}
	}
	images := b.images(t)
	if len(images) != len(digests) {
		t.Fatalf("images.json: %+v", images)
	}
	for _, image := range images {
		if image.Digest != digests[image.Ref] || image.Files != nil {
			t.Errorf("%+v, want the digest %s", image, digests[image.Ref])
		}
		if _, err := os.Stat(b.in("artifacts", image.Layout, "index.json")); err != nil {
			t.Error(err)
		}
	}
}

// TestPublish pins the form in which compiled programs are offered: that of
// upstream's releases.
func TestPublish(t *testing.T) {
	b, _ := pinned(t)
	write(t, b.in("artifacts/bin/ctr"), "ctr")
	write(t, b.in("artifacts/cni/bridge"), "bridge")
	for _, f := range []published{
		{file: "host/ctr", checksums: "host/ctr.sha256", binary: "bin/ctr"},
		{file: "host/all.tgz", checksums: "host/all.tgz.sha256", archive: map[string]string{"bin/ctr": "bin/ctr", "./": "cni"}},
	} {
		for range 2 { // publishing again replaces
			if err := b.publish(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		sums, err := os.ReadFile(b.in("artifacts/files", f.checksums))
		if err != nil {
			t.Fatal(err)
		}
		want, err := checksum(string(sums), filepath.Base(f.file))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := hash(b.in("artifacts/files", f.file)); err != nil || got != want {
			t.Errorf("%s: %s, %v; published %s", f.file, got, err, want)
		}
	}
	if err := unpack(b.in("artifacts/files/host/all.tgz"), b.in("unpacked")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ctr", "bridge"} {
		if content, err := os.ReadFile(b.in("unpacked", name)); err != nil || string(content) != name {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	left, _ := filepath.Glob(b.in("artifacts/files/host/*.new"))
	if len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}
