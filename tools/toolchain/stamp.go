package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// key identifies everything that decides about the result of an item: the
// module's files with its pins, the flags, and the Go release.
func (w *workspace) key(i item) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), runtime.GOARCH, i.arguments(i.output, ""), i.environment(), i.overlay)
	folder := filepath.Join(w.root, "tools", i.module)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".md") {
			return nil // decide nothing
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(content))
		sum.Write(content)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("reading tools/%s: %w", i.module, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// stamp is the path of the file that holds the key of what was built last.
func (w *workspace) stamp(name string) string { return w.in("toolchain", "stamps", name) }

// fresh tells whether the item's output is there and built from this key.
func (w *workspace) fresh(i item, key string) bool {
	if _, err := os.Stat(w.in(i.output)); err != nil {
		return false
	}
	built, err := os.ReadFile(w.stamp(i.name))
	return err == nil && string(built) == key
}

// Where things can come from.
const (
	auto         = "auto"
	fromUpstream = "upstream"
	fromModules  = "compile"
	fromPath     = "installed" // a pulumi that the machine has
)

// choice records where a group of things came from, and why.
type choice struct {
	Source string `json:"source"`
	Reason string `json:"reason"`
	// Key identifies what was complete under this choice. Empty while it is not.
	Key string `json:"key"`
	// Images are what a group of artifacts has in images.json.
	Images []imageSpec `json:"images,omitempty"`
}

// remembered returns the choice that was made before for the same pins, unless
// the user asks for another source now.
func (w *workspace) remembered(path, key string) (choice, bool) {
	c, ok := recorded(path, key)
	return c, ok && (w.source == "" || w.source == c.Source)
}

// recorded returns the choice under which the same pins were completed.
func recorded(path, key string) (choice, bool) {
	var c choice
	content, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(content, &c) != nil || c.Key != key {
		return choice{}, false
	}
	return c, true
}

func (c choice) write(path string) error {
	content, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return replace(path, append(content, '\n'), 0o644)
}

// keyOf combines the keys of several items and what else matters.
func (w *workspace) keyOf(items []item, more ...any) (string, error) {
	sum := sha256.New()
	for _, i := range items {
		key, err := w.key(i)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(sum, i.name, key)
	}
	fmt.Fprintln(sum, more...)
	return hex.EncodeToString(sum.Sum(nil)), nil
}
