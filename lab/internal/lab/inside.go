package lab

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"slipway/lab/internal/cloud"
	"slipway/lab/internal/nspawn"
)

// Command prepares a command, or a login shell, in the cloud or in the machine
// of a server.
func (l Lab) Command(ctx context.Context, name string, argv ...string) (*exec.Cmd, error) {
	m := cloud.New(l.Paths.Cloud(), nil).Machine()
	if name != m.Name {
		found, err := l.Find(name)
		if err != nil {
			return nil, err
		}
		m = nspawn.Machine{Name: found.HostName()}
	}
	if len(argv) == 0 {
		argv = []string{"/bin/bash", "-l"}
	}
	cmd, err := m.Command(ctx, argv...)
	if err != nil {
		return nil, err
	}
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "TERM=linux"}
	return cmd, nil
}

// Logs prepares the command that shows a log.
func (l Lab) Logs(ctx context.Context, name string, lines int, follow bool) (*exec.Cmd, error) {
	count := "--lines=" + strconv.Itoa(lines)
	c := cloud.New(l.Paths.Cloud(), nil)
	if slices.Contains(cloud.ServiceNames(), name) {
		args := []string{"journalctl", "--no-pager", "--output=cat", count, "--unit=slipway-" + name}
		if follow {
			args = append(args, "--follow")
		}
		return c.Machine().Command(ctx, args...)
	}
	file := ""
	switch name {
	case agentGroup:
		file = l.AgentLog()
	case "cloud":
		file = c.Machine().Console()
	default:
		m, err := l.Find(name)
		if err != nil {
			return nil, fmt.Errorf("%w; services: agent, %s", err, strings.Join(cloud.ServiceNames(), ", "))
		}
		file = filepath.Join(m.Host.Logs, m.LogName())
	}
	args := []string{count, file}
	if follow {
		args = append(args, "--follow")
	}
	return exec.CommandContext(ctx, "tail", args...), nil
}
