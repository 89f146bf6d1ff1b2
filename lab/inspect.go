package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"
)

func statusCommand() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show services, APIs, agent and machines; fails unless all is healthy",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			s := l.Status(cmd.Context())
			if asJSON {
				encoder := json.NewEncoder(os.Stdout)
				encoder.SetIndent("", "  ")
				err = encoder.Encode(s)
			} else {
				err = s.Write(os.Stdout)
			}
			return errors.Join(err, failure(s))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func sshCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ssh NAME [COMMAND...]",
		Short: "Open a root shell in a server's machine (name or id) or in \"cloud\"",
		Long: `Open a root shell in a server's machine (name or id) or in "cloud", or run a
command there. It goes past the network and needs no key, so it also works when
SSH does not. In the cloud, "source /etc/slipway/openrc" makes you its administrator.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			argv := args[1:]
			if len(argv) > 0 && argv[0] == "--" {
				argv = argv[1:]
			}
			inside, err := l.Command(cmd.Context(), args[0], argv...)
			if err != nil {
				return err
			}
			return attached(inside)
		},
	}
	// What follows the name belongs to the command.
	cmd.Flags().SetInterspersed(false)
	return cmd
}

func logsCommand() *cobra.Command {
	follow, lines := false, 100
	cmd := &cobra.Command{
		Use:   "logs [NAME]",
		Short: "Show the log of the agent (default), the cloud, one of its services, or a machine",
		Long: `Show the log of "agent" (the default), "cloud" (its boot), one of the cloud's
services as "lab status" names them, or the console of a server's machine.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			name := "agent"
			if len(args) > 0 {
				name = args[0]
			}
			reader, err := l.Logs(cmd.Context(), name, lines, follow)
			if err != nil {
				return err
			}
			return attached(reader)
		},
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "keep showing new lines")
	cmd.Flags().IntVarP(&lines, "lines", "n", lines, "how many lines to show")
	return cmd
}

// attached runs a command on this terminal. Its exit status becomes ours; its
// output says the rest.
func attached(cmd *exec.Cmd) error {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("running %s: %w", cmd.Path, err)
	}
	return nil
}
