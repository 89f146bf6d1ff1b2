package main

import (
	"os"
	"strings"
	"testing"
)

// TestCopies takes what a module has that every machine with this repository's
// toolchain has: its own.
func TestCopies(t *testing.T) {
	b, _ := pinned(t)
	module := moduleFile{tool: "toolchain", module: "sigs.k8s.io/yaml"}
	folder := copied{to: "some/folder", from: module, without: []string{"goyaml.v2", "goyaml.v3", "kyaml"}}
	file := copied{to: "some/file", from: module}
	file.from.path = "yaml.go"
	write(t, b.in("artifacts/some/folder/old"), "of another version")
	for _, c := range []copied{folder, file} {
		if err := b.copy(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]bool{"folder/yaml.go": true, "folder/old": false, "folder/goyaml.v2": false, "file": true} {
		_, err := os.Stat(b.in("artifacts/some", path))
		if is := err == nil; is != want {
			t.Errorf("%s is there: %v, want %v", path, is, want)
		}
	}
	if content, err := os.ReadFile(b.in("artifacts/some/file")); err != nil || !strings.Contains(string(content), "package yaml") {
		t.Errorf("some/file: %v", err)
	}
}
