package nspawn

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// parentGroup holds the cgroups of everything the lab runs, in every hierarchy.
const parentGroup = "slipway-lab"

// CommandInGroup prepares a command whose process joins the lab's cgroup of
// that name before it starts, so that no descendant can ever escape from view.
func CommandInGroup(ctx context.Context, group string, argv ...string) (*exec.Cmd, error) {
	dirs, err := makeGroup(group)
	if err != nil {
		return nil, fmt.Errorf("creating cgroup %q: %w", group, err)
	}
	const join = `while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"`
	args := append([]string{"-c", join, "sh"}, dirs...)
	cmd := exec.CommandContext(ctx, "/bin/sh", append(append(args, "--"), argv...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	return cmd, nil
}

// makeGroup creates the group in every hierarchy and returns its folders.
func makeGroup(group string) ([]string, error) {
	hierarchies, err := hierarchies()
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, h := range hierarchies {
		dir := h
		for _, part := range []string{parentGroup, group} {
			above := dir
			dir = filepath.Join(dir, part)
			if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
				return nil, err
			}
			if err := inherit(above, dir); err != nil {
				return nil, err
			}
		}
		dirs = append(dirs, dir)
	}
	return dirs, nil
}

// inherit hands down what the kernel does not hand down by itself: a new cpuset
// of cgroup v1 is empty and takes no process; a new group of v2 has no controllers.
func inherit(above, dir string) error {
	for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
		value, err := os.ReadFile(filepath.Join(above, name))
		if err != nil || !exists(filepath.Join(above, "cgroup.clone_children")) {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), value, 0o644); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "cgroup.clone_children"), []byte("1"), 0o644); err != nil {
			return err
		}
	}
	if filepath.Base(dir) != parentGroup {
		return nil
	}
	available, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if err != nil {
		return nil // cgroup v1
	}
	for _, controller := range strings.Fields(string(available)) {
		// Best effort: a machine works without any one of them.
		_ = os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+controller), 0o644)
	}
	return nil
}

// hierarchies lists the mount points of all cgroup file systems.
func hierarchies() ([]string, error) {
	mounts, err := mounts()
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, m := range mounts {
		isGroup := m.fsType == "cgroup" || m.fsType == "cgroup2"
		if isGroup && strings.HasPrefix(m.target, "/sys/fs/cgroup") && !slices.Contains(dirs, m.target) {
			dirs = append(dirs, m.target)
		}
	}
	if len(dirs) == 0 {
		return nil, errors.New("no cgroup hierarchy is mounted below /sys/fs/cgroup")
	}
	return dirs, nil
}

// Groups lists the lab's cgroups: machines, and whatever else the lab runs.
func Groups() []string {
	var names []string
	dirs, _ := hierarchies()
	for _, h := range dirs {
		entries, _ := os.ReadDir(filepath.Join(h, parentGroup))
		for _, e := range entries {
			if e.IsDir() && !slices.Contains(names, e.Name()) {
				names = append(names, e.Name())
			}
		}
	}
	slices.Sort(names)
	return names
}

// Processes lists the processes in a group and below it, in any hierarchy.
func Processes(group string) []int {
	var pids []int
	dirs, _ := hierarchies()
	for _, h := range dirs {
		_ = filepath.WalkDir(filepath.Join(h, parentGroup, group), func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return nil // it vanished meanwhile
			}
			text, _ := os.ReadFile(filepath.Join(path, "cgroup.procs"))
			for _, field := range strings.Fields(string(text)) {
				if pid, err := strconv.Atoi(field); err == nil && pid > 0 {
					pids = append(pids, pid)
				}
			}
			return nil
		})
	}
	slices.Sort(pids)
	return slices.Compact(pids)
}

// KillGroup ends every process of the group and removes its cgroups. A group
// that does not exist is fine. Never kills its caller.
func KillGroup(group string) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		pids := slices.DeleteFunc(Processes(group), func(pid int) bool { return pid == os.Getpid() })
		if len(pids) == 0 {
			return removeGroup(group)
		}
		for _, pid := range pids {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
				return fmt.Errorf("killing process %d of %q: %w", pid, group, err)
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes of %q survive SIGKILL: %v", group, pids)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// removeGroup removes the empty cgroups, innermost first, and the parent when
// this was the last one.
func removeGroup(group string) error {
	hierarchies, err := hierarchies()
	if err != nil {
		return err
	}
	for _, h := range hierarchies {
		top := filepath.Join(h, parentGroup, group)
		var dirs []string
		_ = filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				dirs = append(dirs, path)
			}
			return nil
		})
		slices.Reverse(dirs)
		for _, dir := range dirs {
			if err := removeWhenFree(dir); err != nil {
				return err
			}
		}
		_ = os.Remove(filepath.Join(h, parentGroup)) // refused while other groups remain
	}
	return nil
}

// removeWhenFree waits out the moment in which the kernel still counts dead processes.
func removeWhenFree(dir string) error {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := syscall.Rmdir(dir)
		if err == nil || err == syscall.ENOENT {
			return nil
		}
		if err != syscall.EBUSY || time.Now().After(deadline) {
			return fmt.Errorf("removing cgroup %s: %w", dir, err)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
