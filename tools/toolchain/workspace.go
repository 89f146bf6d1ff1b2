package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// workspace knows where the project and the cache are and what the project
// pins.
type workspace struct {
	root     string // of the project
	cache    string
	source   string // what the user asked for; empty: what was decided before
	addons   []addon
	pins     pins
	upstream upstream
	say      func(format string, arguments ...any)
}

// open finds the project from the working folder upwards, and the cache.
func open(source string) (*workspace, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	root := dir
	for {
		if _, err := os.Stat(filepath.Join(root, "tools", "toolchain", "go.mod")); err == nil {
			break
		}
		if filepath.Dir(root) == root {
			return nil, fmt.Errorf("%s is not inside a checkout of Slipway", dir)
		}
		root = filepath.Dir(root)
	}
	cache := os.Getenv("SLIPWAY_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir() // $XDG_CACHE_HOME or ~/.cache
		if err != nil {
			return nil, fmt.Errorf("finding the cache folder: %w", err)
		}
		cache = filepath.Join(user, "slipway")
	}
	if cache, err = filepath.Abs(cache); err != nil {
		return nil, err
	}
	pins, err := readPins(root)
	if err != nil {
		return nil, err
	}
	return &workspace{
		root: root, cache: cache, source: source, pins: pins,
		upstream: upstream{base: strings.TrimSuffix(os.Getenv("SLIPWAY_UPSTREAM"), "/")},
		say:      func(format string, arguments ...any) { fmt.Printf(format+"\n", arguments...) },
	}, nil
}

// in returns a path below the cache.
func (w *workspace) in(elements ...string) string {
	return filepath.Join(append([]string{w.cache}, elements...)...)
}

// locked runs the function while no other run works in the same cache. The
// kernel releases the lock when the process ends, however that happens.
func (w *workspace) locked(ctx context.Context, do func(context.Context) error) error {
	if err := os.MkdirAll(w.in("toolchain"), 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(w.in("toolchain", "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := w.take(ctx, lock); err != nil {
		return fmt.Errorf("locking %s: %w", lock.Name(), err)
	}
	// For whoever waits. What cannot be written costs only the name in a message.
	_ = lock.Truncate(0)
	_, _ = fmt.Fprintf(lock, " (process %d: %s)", os.Getpid(), strings.Join(os.Args, " "))
	defer func() { _ = lock.Truncate(0) }()
	return do(ctx)
}

// take waits for the lock, and says for whom.
func (w *workspace) take(ctx context.Context, lock *os.File) error {
	err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return err
	}
	holder, _ := os.ReadFile(lock.Name())
	w.say("waiting for another run that uses %s%s", w.cache, holder)
	taken := make(chan error, 1)
	go func() { taken <- syscall.Flock(int(lock.Fd()), syscall.LOCK_EX) }()
	select {
	case err := <-taken:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// replace writes a file so that readers see the old content or the new, never a
// part.
func replace(path string, content []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", content, mode); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// link makes path the same file as target, replacing what was there.
func link(target, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.Remove(path + ".new"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Link(target, path+".new"); err != nil {
		return err
	}
	// Renaming one name of a file over another of the same file does nothing
	// and leaves both.
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	if err := os.Remove(path + ".new"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
