package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// parallelBuilds is how many go commands run at a time: each uses all cores
	// while it compiles but only one while it links.
	parallelBuilds = 2
	heartbeat      = 15 * time.Second
	tailLines      = 20
)

// packageLine matches what go build -v prints for each package it compiles.
var packageLine = regexp.MustCompile(`^[\w.~/+-]+$`)

// build compiles the items that are not up to date and reports whether there
// were any. The first failure ends the run; what is done stays done.
func (w *workspace) build(ctx context.Context, items []item) (bool, error) {
	type job struct {
		item
		number int
		key    string
	}
	var jobs []job
	for n, i := range items {
		key, err := w.key(i)
		if err != nil {
			return false, err
		}
		if !w.fresh(i, key) {
			jobs = append(jobs, job{i, n + 1, key})
		}
	}
	if len(jobs) == 0 {
		return false, nil
	}
	for _, j := range jobs {
		if j.cgo {
			if err := w.debian(ctx, "gcc", "libc6-dev", "libseccomp-dev", "pkg-config"); err != nil {
				return false, err
			}
			break
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan job, len(jobs))
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	var workers sync.WaitGroup
	for range parallelBuilds {
		workers.Go(func() {
			for j := range queue {
				if ctx.Err() != nil {
					return
				}
				label := fmt.Sprintf("[%*d/%d] %s", len(fmt.Sprint(len(items))), j.number, len(items), j.name)
				if err := w.compile(ctx, j.item, j.key, label); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	return true, context.Cause(ctx)
}

// compile builds one item and puts the result in place.
func (w *workspace) compile(ctx context.Context, i item, key, label string) error {
	final := w.in(i.output)
	temporary := strings.TrimSuffix(final, "/") + ".new"
	if err := os.RemoveAll(temporary); err != nil {
		return err
	}
	target := temporary
	if strings.HasSuffix(i.output, "/") {
		target += "/" // go build: a folder for several programs
	}
	if err := os.MkdirAll(filepath.Dir(temporary), 0o755); err != nil {
		return err
	}
	overlay, err := w.overlay(ctx, i)
	if err != nil {
		return err
	}
	started := time.Now()
	w.say("%s: compiling", label)
	progress := &buildOutput{}
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-ticker.C:
				w.say("%s: %d s, %d packages compiled", label, int(time.Since(started).Seconds()), progress.packages.Load())
			case <-done:
				return
			}
		}
	}()
	cmd := w.goCommand(ctx, i, i.arguments(target, overlay)...)
	cmd.Stdout, cmd.Stderr = progress, progress
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return w.failed(i, cmd, err, progress.tail())
	}
	if err := errors.Join(os.RemoveAll(final), os.Rename(temporary, final)); err != nil {
		return err
	}
	if err := replace(w.stamp(i.name), []byte(key), 0o644); err != nil {
		return err
	}
	w.say("%s: done in %d s", label, int(time.Since(started).Seconds()))
	return nil
}

// failed describes a build that failed so that it can be tried by hand.
func (w *workspace) failed(i item, cmd *exec.Cmd, err error, tail string) error {
	quoted := make([]string, len(cmd.Args))
	for n, a := range cmd.Args {
		quoted[n] = a
		if strings.ContainsAny(a, ` "$`) {
			quoted[n] = "'" + a + "'"
		}
	}
	return fmt.Errorf("compiling %s: %w; the last lines were:\n%s\nto try it alone:\n  cd %s && env %s %s",
		i.name, err, tail, cmd.Dir, strings.Join(i.environment(), " "), strings.Join(quoted, " "))
}

// goCommand is a go command in the item's module. It runs in a process group of
// its own, so that cancelling ends the compilers, too.
func (w *workspace) goCommand(ctx context.Context, i item, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir = filepath.Join(w.root, "tools", i.module)
	cmd.Env = append(os.Environ(), i.environment()...)
	if os.Getenv("GOGC") == "" && memory() >= 12<<30 {
		cmd.Env = append(cmd.Env, "GOGC=400") // the compilers collect less and finish sooner
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// memory returns the size of the machine's memory, 0 if it cannot be told.
func memory() uint64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	return info.Totalram * uint64(info.Unit)
}

// overlay writes the file that makes go build see files of another module in
// the item's folder, and returns its path.
func (w *workspace) overlay(ctx context.Context, i item) (string, error) {
	if i.overlay == nil {
		return "", nil
	}
	folder, err := w.moduleFolder(ctx, i, i.from)
	if err != nil {
		return "", err
	}
	files := map[string]string{}
	for ours, theirs := range i.overlay {
		files[filepath.Join(w.root, "tools", i.module, ours)] = filepath.Join(folder, theirs)
	}
	content, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil {
		return "", err
	}
	path := w.in("toolchain", i.name+".overlay.json")
	return path, replace(path, content, 0o644)
}

// moduleFolder downloads a module that the item's module requires and returns
// where it is.
func (w *workspace) moduleFolder(ctx context.Context, i item, path string) (string, error) {
	out, err := w.goCommand(ctx, i, "mod", "download", "-json", path).Output()
	var module struct{ Dir, Error string }
	if err = errors.Join(json.Unmarshal(out, &module), err); err != nil || module.Dir == "" {
		return "", fmt.Errorf("downloading %s, which tools/%s requires: %w %s", path, i.module, err, module.Error)
	}
	return module.Dir, nil
}

// buildOutput counts packages and keeps the other lines.
type buildOutput struct {
	packages atomic.Int64
	part     []byte
	lines    []string
}

func (o *buildOutput) Write(b []byte) (int, error) {
	o.part = append(o.part, b...)
	for {
		line, rest, ok := bytes.Cut(o.part, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		o.part = append([]byte(nil), rest...)
		if packageLine.Match(line) {
			o.packages.Add(1)
			continue
		}
		o.lines = append(o.lines, string(line))
		o.lines = o.lines[max(0, len(o.lines)-tailLines):]
	}
}

func (o *buildOutput) tail() string {
	return strings.TrimSpace(strings.Join(o.lines, "\n") + "\n" + string(o.part))
}
