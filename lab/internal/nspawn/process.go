package nspawn

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Running says whether the machine's systemd and its supervisor are alive. A
// machine of the same name that stands on another folder does not count.
func (m Machine) Running() bool {
	if _, err := m.Leader(); err != nil {
		return false
	}
	for _, pid := range Processes(m.Name) {
		argv, _ := os.ReadFile(procFile(pid, "cmdline"))
		if strings.Contains(string(argv), "\x00--directory="+m.Root()+"\x00") {
			return true
		}
	}
	return false
}

// Leader is the host's process id of the machine's PID 1.
func (m Machine) Leader() (int, error) {
	for _, pid := range Processes(m.Name) {
		status, _ := os.ReadFile(procFile(pid, "status"))
		for line := range strings.Lines(string(status)) {
			ids, found := strings.CutPrefix(line, "NSpid:")
			// One level down only: containers inside the machine have a PID 1 too.
			if fields := strings.Fields(ids); found && len(fields) == 2 && fields[1] == "1" {
				return pid, nil
			}
		}
	}
	return 0, fmt.Errorf("machine %q is not running", m.Name)
}

// Command prepares a command inside the running machine.
func (m Machine) Command(ctx context.Context, argv ...string) (*exec.Cmd, error) {
	leader, err := m.Leader()
	if err != nil {
		return nil, err
	}
	enter := []string{"nsenter", "--target", strconv.Itoa(leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd", "--"}
	return CommandInGroup(ctx, m.Name, append(enter, argv...)...)
}

func procFile(pid int, name string) string { return filepath.Join("/proc", strconv.Itoa(pid), name) }

// StartedAt is when the machine's systemd was started.
func (m Machine) StartedAt() (time.Time, error) {
	leader, err := m.Leader()
	if err != nil {
		return time.Time{}, err
	}
	// The kernel stamps the folder when the process first shows up in /proc,
	// which is not its start; the start is counted in ticks since boot.
	ticks, err := startTicks(leader)
	if err != nil {
		return time.Time{}, err
	}
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return time.Time{}, err
	}
	const ticksPerSecond = 100 // USER_HZ on every architecture Debian has
	age := time.Duration(now.Nano()) - time.Duration(ticks)*(time.Second/ticksPerSecond)
	return time.Now().Add(-age), nil
}

// startTicks is field 22 of /proc/PID/stat, see proc(5).
func startTicks(pid int) (int64, error) {
	stat, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')'):]), " ")
	fields := strings.Fields(after)
	if len(fields) < 20 {
		return 0, fmt.Errorf("reading the start of process %d: unexpected format", pid)
	}
	return strconv.ParseInt(fields[19], 10, 64)
}
