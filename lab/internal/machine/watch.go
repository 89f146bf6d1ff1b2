package machine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"slipway/lab/internal/nspawn"
)

// Leader is the process id of the machine's PID 1 on this host, 0 when the
// machine does not run.
func (h Host) Leader(id string) int {
	m := h.container(Spec{ID: id})
	leader, err := m.Leader()
	if err != nil || !m.Running() {
		return 0
	}
	return leader
}

// endDeadline is far above what systemd-nspawn needs to clear up on a busy host.
const endDeadline = 30 * time.Second

// End waits until a machine whose PID 1 has ended is gone completely and has
// left word how it ended. Its addresses stop answering at once, so that others
// can take them over.
func (h Host) End(ctx context.Context, id string) error {
	r, err := h.Load(id)
	if err != nil {
		return err
	}
	if err := h.removeNetwork(ctx, id, r.Spec.NICs); err != nil {
		return err
	}
	for deadline := time.Now().Add(endDeadline); len(nspawn.Processes(hostName(id))) > 0; time.Sleep(20 * time.Millisecond) {
		if ctx.Err() != nil || time.Now().After(deadline) {
			break // Settle kills what is left
		}
	}
	return nil
}

// WaitExit returns when the process has ended, or ctx is done.
func WaitExit(ctx context.Context, pid int) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return // it has ended already
	}
	defer unix.Close(fd)
	for ctx.Err() == nil {
		// A pidfd becomes readable when its process ends.
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 500)
		if ready > 0 || (err != nil && err != unix.EINTR) {
			return
		}
	}
}

// WantsReboot says whether the machine ended because it was rebooted from inside.
func (h Host) WantsReboot(id string) bool {
	return h.container(Spec{ID: id}).WantsReboot()
}

// WaitSSH returns true as soon as something listens on the machine's SSH port,
// and false when it has ended before, or after the timeout.
func WaitSSH(ctx context.Context, leader int, timeout time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		for _, table := range []string{"tcp", "tcp6"} {
			text, err := os.ReadFile(filepath.Join(procDir(leader), "net", table))
			if err == nil && listensOn(string(text), 22) {
				return true
			}
		}
		if _, err := os.Stat(procDir(leader)); err != nil {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}

// listensOn searches the format of /proc/net/tcp for a listening socket.
func listensOn(table string, port int) bool {
	const listening = "0A"
	suffix := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) > 3 && strings.HasSuffix(fields[1], suffix) && fields[3] == listening {
			return true
		}
	}
	return false
}

func procDir(pid int) string { return filepath.Join("/proc", strconv.Itoa(pid)) }
