package image

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// layer is a recipe that needs no packages: one on top of a ready base.
func layer(t *testing.T, dir string, customize func(context.Context, Tree) error) Recipe {
	t.Helper()
	base := Recipe{Name: "base", Packages: []string{"none"}}
	if err := os.MkdirAll(base.Path(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return Recipe{Name: "top", Base: &base, Customize: customize}
}

func TestLayersBuildsOnce(t *testing.T) {
	dir, builds := t.TempDir(), 0
	r := layer(t, dir, func(_ context.Context, tree Tree) error {
		builds++
		return os.Mkdir(tree.Dir, 0o755)
	})
	for range 2 {
		layers, err := Layers(t.Context(), r, dir, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		if len(layers) != 2 || layers[0] != r.Path(dir) || layers[1] != r.Base.Path(dir) {
			t.Fatalf("got layers %q", layers)
		}
	}
	if builds != 1 {
		t.Errorf("built %d times", builds)
	}
}

func TestFailedBuildLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	r := layer(t, dir, func(_ context.Context, tree Tree) error {
		return errors.Join(os.Mkdir(tree.Dir, 0o755), errors.New("no space"))
	})
	if _, err := Layers(t.Context(), r, dir, func(string) {}); err == nil || err.Error() != `building image "top": no space` {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".partial-*")); len(left) > 0 {
		t.Errorf("left %q", left)
	}
	if isDir(r.Path(dir)) {
		t.Error("a failed build counts as an image")
	}
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	kept, older, unrelated := filepath.Join(dir, "top-0123456789ab"), filepath.Join(dir, "top-ba9876543210"), filepath.Join(dir, "top-notes")
	for _, d := range []string{kept, older, unrelated} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := Prune(dir, []string{kept}); err != nil {
		t.Fatal(err)
	}
	if !isDir(kept) || isDir(older) || !isDir(unrelated) {
		t.Errorf("kept: %v, older: %v, unrelated: %v", isDir(kept), isDir(older), isDir(unrelated))
	}
}

func TestLockIsExclusive(t *testing.T) {
	dir := t.TempDir()
	unlock, err := tryLock(lockFile(dir, "top"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tryLock(lockFile(dir, "top")); !errors.Is(err, unix.EWOULDBLOCK) {
		t.Errorf("a lock was given twice: %v", err)
	}
	unlock()
	again, err := tryLock(lockFile(dir, "top"))
	if err != nil {
		t.Fatalf("the lock is still held: %v", err)
	}
	again()
}
