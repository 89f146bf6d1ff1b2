package lab

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"slipway/lab/internal/agent"
	"slipway/lab/internal/cloud"
	"slipway/lab/internal/nspawn"
)

// Command prepares a command, or a login shell, in the cloud or in the machine
// of a server.
func (l Lab) Command(ctx context.Context, name string, argv ...string) (*exec.Cmd, error) {
	m := cloud.New(l.Paths.Cloud(), nil).Machine()
	if name != m.Name {
		server, err := l.machine(name)
		if err != nil {
			return nil, err
		}
		m = nspawn.Machine{Name: server.Netns}
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

// machine finds the machine of a server by name or id.
func (l Lab) machine(name string) (agent.MachineStatus, error) {
	_, machines, _ := l.agentStatus()
	known := []string{"cloud"}
	for _, m := range machines {
		if m.ID == name || m.Name == name {
			return m, nil
		}
		known = append(known, m.Name)
	}
	return agent.MachineStatus{}, fmt.Errorf("no machine %q; there are: %s", name, strings.Join(known, ", "))
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
		m, err := l.machine(name)
		if err != nil {
			return nil, fmt.Errorf("%w; services: agent, %s", err, strings.Join(cloud.ServiceNames(), ", "))
		}
		file = filepath.Join(l.Paths.Log(), m.Name+".console.log")
	}
	args := []string{count, file}
	if follow {
		args = append(args, "--follow")
	}
	return exec.CommandContext(ctx, "tail", args...), nil
}
