// Command lab runs a real OpenStack on one Linux machine, with a real Debian
// machine behind every server. See README.md.
package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"slipway/lab/internal/host"
	"slipway/lab/internal/lab"
	"slipway/lab/internal/paths"
)

func main() {
	keepFiles()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := command().ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "lab: interrupted; running it again continues")
		os.Exit(130)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab: "+err.Error())
		os.Exit(1)
	}
}

// keepFiles has agent and machines, which outlive this program, start without the
// files that its caller had open: the lock of a pipeline would be held for good.
// What it does not reach, an old kernel, goes on as it was.
func keepFiles() { _ = unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC) }

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "lab",
		Short: "A local OpenStack with real machines, for Slipway",
		Long: `A local OpenStack with real machines, for Slipway.

The cloud runs in a container machine; each server gets a Debian machine of its
own. State is kept in $SLIPWAY_LAB (default /var/lib/slipway-lab), what is built
once in $SLIPWAY_CACHE (default ~/.cache/slipway). All commands but env and help
need root.`,
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(upCommand(), downCommand(), buildCommand(), statusCommand(),
		sshCommand(), logsCommand(), hostsCommand(), envCommand(), agentCommand())
	root.AddCommand(faultCommands()...)
	return root
}

// asRoot opens the lab for commands that change or inspect it.
func asRoot(cmd *cobra.Command) (lab.Lab, error) {
	if err := host.CheckRoot(cmd.Name()); err != nil {
		return lab.Lab{}, err
	}
	return open()
}

func open() (lab.Lab, error) {
	p, err := paths.FromEnv()
	return lab.Lab{Paths: p, Progress: newProgress(os.Stderr)}, err
}
