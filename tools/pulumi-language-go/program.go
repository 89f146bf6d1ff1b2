package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// grace is how long a cancelled program may take to end by itself.
const grace = 5 * time.Second

// temporaryPrefix starts the names of folders for compiled programs; the id of
// the host's process follows.
const temporaryPrefix = "pulumi-go-program-"

// program is an executable, either the user's or compiled for one run.
type program struct {
	path      string
	temporary string // folder to remove once the program has started
}

// prepare finds or compiles the program. Options, as in the official host:
// "binary" names an executable to run as it is, "buildTarget" where to compile
// to and keep it, which spares linking when nothing changed.
func prepare(ctx context.Context, info *pulumirpc.ProgramInfo, output io.Writer) (*program, error) {
	options := info.GetOptions().GetFields()
	binary, target := options["binary"].GetStringValue(), options["buildTarget"].GetStringValue()
	switch {
	case binary != "" && target != "":
		return nil, errors.New("runtime options binary and buildTarget exclude each other")
	case binary != "":
		path := absolute(info, binary)
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("runtime option binary: %w", err)
		}
		return &program{path: path}, nil
	case target != "":
		p := &program{path: absolute(info, target)}
		return p, p.compile(ctx, info, output)
	}
	sweep()
	dir, err := os.MkdirTemp("", temporaryPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, fmt.Errorf("making a folder to compile to: %w", err)
	}
	p := &program{path: filepath.Join(dir, "program"), temporary: dir}
	if err := p.compile(ctx, info, output); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return p, nil
}

// absolute resolves a path of the project file against that file's folder.
func absolute(info *pulumirpc.ProgramInfo, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(info.GetRootDirectory(), path)
}

func (p *program) compile(ctx context.Context, info *pulumirpc.ProgramInfo, output io.Writer) error {
	entry := info.GetEntryPoint()
	if entry == "" {
		entry = "."
	}
	cmd := exec.Command("go", "build", "-o", p.path, entry)
	cmd.Dir = info.GetProgramDirectory()
	cmd.Stdout, cmd.Stderr = output, output
	if err := start(cmd); err != nil {
		return fmt.Errorf("compiling: %w", err)
	}
	if err := wait(ctx, cmd); err != nil {
		return fmt.Errorf("compiling the program in %s: %w", cmd.Dir, err)
	}
	return nil
}

// run runs the program until it ends or the context does.
func (p *program) run(ctx context.Context, cmd *exec.Cmd) error {
	err := start(cmd)
	if p.temporary != "" {
		// Once started, the program needs its file no more: remove it now, and
		// no way to end this host leaves it behind.
		_ = os.RemoveAll(p.temporary) // the next sweep tries again
	}
	if err != nil {
		return err
	}
	return wait(ctx, cmd)
}

// start starts a command that the kernel ends together with this host. The
// kernel's rule is about the starting thread, so that one must live on: the
// goroutine that asks keeps it until the command has ended.
func start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = grace
	runtime.LockOSThread()
	if err := cmd.Start(); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	return nil
}

// wait waits for a command that start started, in the same goroutine. When the
// context ends it asks the command to end, and after a while makes it.
func wait(ctx context.Context, cmd *exec.Cmd) error {
	defer runtime.UnlockOSThread()
	var kill *time.Timer
	stop := context.AfterFunc(ctx, func() {
		kill = time.AfterFunc(grace, func() { _ = cmd.Process.Kill() })
		_ = cmd.Process.Signal(syscall.SIGTERM)
	})
	err := cmd.Wait()
	if !stop() && kill != nil {
		kill.Stop()
	}
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return err
}

// sweep removes what hosts that were killed while compiling left behind.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), temporaryPrefix+"*"))
	for _, dir := range left {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), temporaryPrefix), "-")
		pid, err := strconv.Atoi(owner)
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir) // someone else's: their loss of disk, not our failure
		}
	}
}
