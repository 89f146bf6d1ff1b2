// Package image builds the root filesystems of the lab's machines. An image is
// built once and found again by a hash of its recipe; a build that was cut off
// at any point is cleaned up by the next one.
package image

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"slipway/lab/internal/nspawn"
)

// formatVersion changes the key of every image: raise it when the way of
// building changes the result.
const formatVersion = 1

// Recipe describes one image completely: equal recipes give equal images.
type Recipe struct {
	// Name is the first part of the image's folder name.
	Name string
	// Suite is a Debian release of the image's own. Optional: Suite.
	Suite string
	// Packages are installed on top of Debian's minimal base. Empty with Base.
	Packages []string
	// Debconf lines are preset before the packages are configured.
	Debconf []string
	// Base makes this image a layer on top of another one.
	Base *Recipe
	// Inputs is everything else that Customize depends on; it enters the key.
	Inputs []string
	// Customize changes the tree after the packages are in.
	Customize func(ctx context.Context, tree Tree) error
}

// Tree is an image under construction.
type Tree struct {
	// Dir is the root of the tree or, with a Base, of the layer.
	Dir string
	// Lower are the finished layers below, topmost first.
	Lower []string
	// Scratch is a folder beside Dir for temporary files; it is removed at the end.
	Scratch string
	// Progress tells the user what is going on.
	Progress func(string)
}

// Layers builds what is missing and returns the read-only folders that make up
// the image, topmost first: what an overlay mount wants as its lower layers.
func Layers(ctx context.Context, r Recipe, dir string, progress func(string)) ([]string, error) {
	var lower []string
	if r.Base != nil {
		var err error
		if lower, err = Layers(ctx, *r.Base, dir, progress); err != nil {
			return nil, err
		}
	}
	path, err := build(ctx, r, lower, dir, progress)
	if err != nil {
		return nil, fmt.Errorf("building image %q: %w", r.Name, err)
	}
	return append([]string{path}, lower...), nil
}

// Key identifies the content of the recipe.
func (r Recipe) Key() string {
	base := ""
	if r.Base != nil {
		base = r.Base.Key()
	}
	text, err := json.Marshal([]any{formatVersion, r.suite(), r.Name, r.Packages, r.Debconf, base, r.Inputs})
	if err != nil {
		panic(err) // only strings and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

func (r Recipe) suite() string { return cmp.Or(r.Suite, Suite) }

// Paths are the layers of the image once it is built, topmost first.
func (r Recipe) Paths(dir string) []string {
	paths := []string{r.Path(dir)}
	if r.Base != nil {
		paths = append(paths, r.Base.Paths(dir)...)
	}
	return paths
}

// Path is where the recipe's own layer is kept once it is built.
func (r Recipe) Path(dir string) string { return filepath.Join(dir, r.Name+"-"+r.Key()) }

func build(ctx context.Context, r Recipe, lower []string, dir string, progress func(string)) (string, error) {
	final := r.Path(dir)
	if isDir(final) {
		return final, nil
	}
	// The trees hold private keys and passwords of the cloud.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	unlock, err := lock(ctx, lockFile(dir, r.Name), progress)
	if err != nil {
		return "", err
	}
	defer unlock()
	if isDir(final) { // another process has built it meanwhile
		return final, nil
	}
	partial := partialDir(dir, r.Name)
	if err := discard(partial, r.Name); err != nil {
		return "", fmt.Errorf("cleaning up an earlier build: %w", err)
	}
	tree := Tree{Dir: filepath.Join(partial, "root"), Lower: lower, Scratch: filepath.Join(partial, "scratch"), Progress: progress}
	if err := fill(ctx, r, tree, filepath.Join(dir, r.Name+".log")); err != nil {
		if cleanErr := discard(partial, r.Name); cleanErr != nil {
			progress(cleanErr.Error())
		}
		return "", err
	}
	if err := os.Rename(tree.Dir, final); err != nil {
		return "", err
	}
	return final, discard(partial, r.Name)
}

func fill(ctx context.Context, r Recipe, tree Tree, log string) error {
	if err := os.MkdirAll(tree.Scratch, 0o700); err != nil {
		return err
	}
	if r.Base == nil {
		if err := debootstrap(ctx, r, tree, log); err != nil {
			return err
		}
	}
	if r.Customize == nil {
		return nil
	}
	return r.Customize(ctx, tree)
}

// discard removes a build folder whatever state it is in: its processes are
// ended and its mounts undone first, because deleting through a live bind
// mount would delete the host's files.
func discard(partial, name string) error {
	if err := nspawn.KillGroup(buildGroup(name)); err != nil {
		return err
	}
	if err := nspawn.UnmountBelow(partial); err != nil {
		return err
	}
	return os.RemoveAll(partial)
}

// Prune deletes all images but those to keep and those that a machine stands on.
func Prune(dir string, keep []string) error {
	inUse, err := nspawn.LayersInUse()
	if err != nil {
		return err
	}
	images, err := filepath.Glob(filepath.Join(dir, "*-*"))
	if err != nil {
		return err
	}
	for _, path := range images {
		if !imageName.MatchString(filepath.Base(path)) || slices.Contains(keep, path) || inUse[path] {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// imageName is what Path makes: a recipe's name and key.
var imageName = regexp.MustCompile(`^[a-z]+-[0-9a-f]{12}$`)

// buildPrefix starts the names of the cgroups of builds.
const buildPrefix = "build-"

func buildGroup(name string) string { return buildPrefix + name }

// Sweep ends the builds that go on without anybody who waits for them, and
// removes what they have made so far.
func Sweep(dir string) error {
	for _, group := range nspawn.Groups() {
		name, isBuild := strings.CutPrefix(group, buildPrefix)
		if !isBuild || !isDir(dir) {
			continue
		}
		unlock, err := tryLock(lockFile(dir, name))
		if errors.Is(err, unix.EWOULDBLOCK) {
			continue // somebody does wait
		}
		if err != nil {
			return err
		}
		err = discard(partialDir(dir, name), name)
		unlock()
		if err != nil {
			return fmt.Errorf("cleaning up the build of image %q: %w", name, err)
		}
	}
	return nil
}

func lockFile(dir, name string) string   { return filepath.Join(dir, name+".lock") }
func partialDir(dir, name string) string { return filepath.Join(dir, ".partial-"+name) }

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
