// Package nspawn runs one container machine: an overlay root filesystem, a
// network namespace, cgroups and systemd-nspawn around a full systemd. It
// knows nothing of what runs inside. What belongs to a machine is found again
// through its cgroup and its folder alone, so nothing gets lost when the lab's
// own processes are killed.
package nspawn

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Machine describes one machine. Name and Dir identify it; the rest only
// matters when it is started.
type Machine struct {
	// Name is the hostname, and the name of the cgroups below slipway-lab/.
	Name string
	// Dir holds the machine's own files: upper/, work/, root/ (the mounted root
	// filesystem) and console.log.
	Dir string
	// Layers are the read-only folders below the machine's own, topmost first.
	Layers []string
	// Netns is the name of an existing network namespace.
	Netns string
	// Binds are extra --bind arguments (SOURCE or SOURCE:TARGET).
	Binds []string
	// Env are KEY=VALUE pairs for the machine's systemd and what it starts.
	Env []string
	// InitArgs are arguments of the machine's systemd, e.g. --unit=x.target.
	InitArgs []string
}

//go:embed machine-init
var machineInit []byte

// initPath is where the PID 1 wrapper is put in every machine.
const initPath = "/usr/local/sbin/slipway-init"

// Root is the machine's root filesystem, present between Mount and Unmount.
func (m Machine) Root() string { return filepath.Join(m.Dir, "root") }

// Upper is the folder with all changes the machine made to its layers.
func (m Machine) Upper() string { return filepath.Join(m.Dir, "upper") }

// Console is the log of systemd-nspawn and of the machine's boot.
func (m Machine) Console() string { return filepath.Join(m.Dir, "console.log") }

// Mount mounts the root filesystem, so that files can be put in before Start.
// Mounting twice is fine.
func (m Machine) Mount() error {
	mounted, err := isMountpoint(m.Root())
	if err != nil || mounted {
		return err
	}
	for _, dir := range []string{m.Upper(), filepath.Join(m.Dir, "work"), m.Root()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s",
		strings.Join(m.Layers, ":"), m.Upper(), filepath.Join(m.Dir, "work"))
	if err := unix.Mount("overlay", m.Root(), "overlay", 0, options); err != nil {
		return fmt.Errorf("mounting the root of machine %q (%s): %w", m.Name, options, err)
	}
	return nil
}

// Unmount undoes Mount. The machine must have stopped.
func (m Machine) Unmount() error { return UnmountBelow(m.Dir) }

// Start boots the machine and returns as soon as its systemd runs. Whatever an
// earlier run of the same name left is cleared away first. A machine that
// already runs is left alone.
func (m Machine) Start(ctx context.Context) error {
	if m.Running() {
		return nil
	}
	if err := KillGroup(m.Name); err != nil {
		return err
	}
	if err := m.Mount(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(m.Root(), filepath.Dir(initPath)), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(m.Root()+initPath, machineInit, 0o755); err != nil {
		return err
	}
	console, err := os.OpenFile(m.Console(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer console.Close()
	if err := os.Remove(m.exitFile()); err != nil && !os.IsNotExist(err) {
		return err
	}
	// Not tied to ctx: the machine outlives the command that starts it. The
	// shell tells whoever looks later how it ended.
	const keepStatus = `file=$1; shift; "$@"; echo $? >"$file"`
	supervise := append([]string{"/bin/sh", "-c", keepStatus, "sh", m.exitFile()}, m.arguments()...)
	cmd, err := CommandInGroup(context.WithoutCancel(ctx), m.Name, supervise...)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = console, console
	cmd.SysProcAttr.Setsid = true
	cmd.Env = []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
		// The filter would deny what kubelets and Neutron's agents need.
		"SYSTEMD_SECCOMP=0",
		// /proc/sys/net belongs to the machine's own network namespace.
		"SYSTEMD_NSPAWN_API_VFS_WRITABLE=network",
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting machine %q: %w", m.Name, err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }() // reaps it when this process lives on, as the agent does
	return m.waitForInit(ctx, exited)
}

func (m Machine) arguments() []string {
	args := []string{
		"systemd-nspawn", "--quiet", "--register=no", "--keep-unit",
		"--directory=" + m.Root(), "--machine=" + m.Name,
		"--network-namespace-path=/run/netns/" + m.Netns,
		"--capability=all", "--resolv-conf=off", "--timezone=off", "--link-journal=no",
		// A console that is only read: what boots writes to /dev/console, as on a screen.
		"--console=read-only", "--kill-signal=SIGRTMIN+3",
	}
	for _, bind := range m.Binds {
		args = append(args, "--bind="+bind)
	}
	for _, env := range m.Env {
		args = append(args, "--setenv="+env)
	}
	return append(append(args, initPath), m.InitArgs...)
}

func (m Machine) exitFile() string { return filepath.Join(m.Dir, "exit-status") }

// WantsReboot says whether the machine ended in order to be started again: it
// was rebooted from inside.
func (m Machine) WantsReboot() bool {
	const forceRestart = "133" // systemd-nspawn's exit status for it, with --keep-unit
	status, err := os.ReadFile(m.exitFile())
	return err == nil && strings.TrimSpace(string(status)) == forceRestart
}

func (m Machine) waitForInit(ctx context.Context, exited <-chan error) error {
	deadline := time.After(time.Minute)
	for {
		if leader, err := m.Leader(); err == nil {
			if exists(procFile(leader, "root/run/systemd/private")) { // systemctl's socket
				return nil
			}
		}
		select {
		case err := <-exited:
			return fmt.Errorf("machine %q ended while starting (%v): see %s", m.Name, err, m.Console())
		case <-deadline:
			return fmt.Errorf("machine %q did not start within a minute: see %s", m.Name, m.Console())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop shuts the machine down in order; what is still alive after the grace
// period is killed. Stopping a stopped machine is fine. The root stays mounted.
func (m Machine) Stop(ctx context.Context, grace time.Duration) error {
	if leader, err := m.Leader(); err == nil {
		if err := m.Thaw(); err != nil {
			return err
		}
		const sigRTMin3 = syscall.Signal(37) // systemd's signal for a halt
		if err := syscall.Kill(leader, sigRTMin3); err != nil && err != syscall.ESRCH {
			return fmt.Errorf("stopping machine %q: %w", m.Name, err)
		}
		deadline := time.Now().Add(grace)
		for len(Processes(m.Name)) > 0 && time.Now().Before(deadline) && ctx.Err() == nil {
			time.Sleep(50 * time.Millisecond)
		}
	}
	return m.Kill()
}

// Kill is a power cut: every process of the machine ends at once.
func (m Machine) Kill() error { return KillGroup(m.Name) }
