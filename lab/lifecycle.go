package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"slipway/lab/internal/lab"
)

func upCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "up",
		Short: "Bring the cloud up, building what is missing; wait until it is healthy",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			return l.Up(cmd.Context())
		},
	}
}

func downCommand() *cobra.Command {
	purge := false
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop everything and put the host back as it was",
		Long: `Stop everything and put the host back as it was.

What the cloud and its machines hold stays on disk for the next up. Anything
that could not be cleared away is listed, and the command fails.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			return l.Down(cmd.Context(), purge)
		},
	}
	cmd.Flags().BoolVar(&purge, "purge", false, "also delete what the cloud and its machines hold, and the Pulumi state of its stacks")
	return cmd
}

func buildCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "build",
		Short: "Build the images that are missing, without starting anything",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			return l.Build(cmd.Context())
		},
	}
}

func agentCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "agent",
		Short:  "Follow the cloud and run its machines (started by up)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			return l.RunAgent(cmd.Context())
		},
	}
}

func envCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: "Print what lets openstack and pulumi use the lab: eval \"$(lab env)\"",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			l, err := open()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(os.Stdout, l.Env())
			return err
		},
	}
}

// failure keeps main's message short when the details are printed already.
func failure(s lab.Status) error {
	if s.Healthy {
		return nil
	}
	return fmt.Errorf("not healthy")
}
