package mirror

import (
	"os"
	"path/filepath"
	"testing"
)

// An image may have a folder beside its programs.
func TestImageWithFolder(t *testing.T) {
	dir := artifacts(t)
	writeFile(t, filepath.Join(dir, "sources/lib/common.h"), "a header")
	writeFile(t, filepath.Join(dir, "sources/main.c"), "a source")
	writeSpecs(t, dir, imageSpec{Ref: pauseRef, Entrypoint: []string{"/pause"}, Files: map[string]string{"/pause": "bin/pause", "/src/": "sources"}})
	m := newMirror(t, dir, t.TempDir())
	load(t, m)
	got := contentOf(t, pull(t, serve(t, m), pauseRef))
	for file, want := range map[string]string{"pause": "pause program", "src/lib/common.h": "a header", "src/main.c": "a source"} {
		if got[file] != want {
			t.Errorf("%s holds %q, want %q", file, got[file], want)
		}
	}
	missing := filepath.Join(dir, "sources")
	if err := os.RemoveAll(missing); err != nil {
		t.Fatal(err)
	}
	want := "image " + pauseRef + ": " + missing + " is missing: run `make tools`"
	if err := m.Load(t.Context(), func(string) {}); err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}
