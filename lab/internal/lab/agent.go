package lab

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"slipway/lab/internal/agent"
	"slipway/lab/internal/nspawn"
)

// agentGroup is the cgroup of the agent, by which it is found.
const agentGroup = "agent"

func agentRunning() bool { return len(nspawn.Processes(agentGroup)) > 0 }

// AgentLog is where the agent tells what it does.
func (l Lab) AgentLog() string { return filepath.Join(l.Paths.Log(), "agent.log") }

// startAgent starts the agent as a daemon, unless this very program runs as one already.
func (l Lab) startAgent(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if agentRunning() && !agentOutdated(self) {
		return nil
	}
	if err := stopAgent(ctx); err != nil {
		return err
	}
	l.Progress("starting the agent")
	output, err := os.OpenFile(l.AgentLog(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer output.Close()
	cmd, err := nspawn.CommandInGroup(context.WithoutCancel(ctx), agentGroup, self, "agent")
	if err != nil {
		return err
	}
	cmd.Dir = "/"
	// Not the caller's environment: a daemon must not keep its secrets.
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LC_ALL=C.UTF-8",
		"SLIPWAY_LAB=" + l.Paths.Lab, "SLIPWAY_CACHE=" + l.Paths.Cache,
	}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr.Setsid = true
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the agent: %w", err)
	}
	return cmd.Process.Release()
}

// agentOutdated says whether the agent runs another build than this program:
// the kernel marks the file of a replaced program as deleted.
func agentOutdated(self string) bool {
	for _, pid := range nspawn.Processes(agentGroup) {
		if running, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && running == self {
			return false
		}
	}
	return true
}

// stopAgent lets the agent finish the step it is at. Machines run on.
func stopAgent(ctx context.Context) error {
	const grace = 10 * time.Second
	for _, pid := range nspawn.Processes(agentGroup) {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && err != syscall.ESRCH {
			return fmt.Errorf("stopping the agent: %w", err)
		}
	}
	for deadline := time.Now().Add(grace); agentRunning() && time.Now().Before(deadline) && ctx.Err() == nil; {
		time.Sleep(50 * time.Millisecond)
	}
	return nspawn.KillGroup(agentGroup)
}

// RunAgent is the agent's process.
func (l Lab) RunAgent(ctx context.Context) error {
	logger := log.New(os.Stdout, "", log.LstdFlags)
	images, err := l.recordedImages()
	if err != nil {
		return err
	}
	if images == nil {
		return errors.New("there is no lab yet: `lab up` makes one and starts the agent")
	}
	return agent.Run(ctx, agent.Options{Paths: l.Paths, Layers: images.Node, Log: logger})
}
