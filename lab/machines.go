package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"slipway/lab/internal/hosts"
	"slipway/lab/internal/machine"
)

// faultCommands are what can happen to a machine. Nova notices none of it.
func faultCommands() []*cobra.Command {
	fault := func(name, short, long string, do func(machine.Host, context.Context, string) error) *cobra.Command {
		return &cobra.Command{
			Use: name + " MACHINE", Short: short, Long: long, Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				l, err := asRoot(cmd)
				if err != nil {
					return err
				}
				m, err := l.Find(args[0])
				if err != nil {
					return err
				}
				return do(m.Host, cmd.Context(), m.ID)
			},
		}
	}
	return []*cobra.Command{
		fault("kill", "Cut the power of a machine", `Cut the power of a machine. Nova does not notice, as with a host that fails. Start it
again with "openstack server reboot --hard", an existing host with "lab hosts up".`, machine.Host.Kill),
		fault("freeze", "Halt a machine where it is, as a paused guest", `Halt a machine where it is, as a paused guest. It answers nobody; a command that
is started in it waits for the thaw too. It can be killed.`, machine.Host.Freeze),
		fault("thaw", "Let a frozen machine go on", "", machine.Host.Thaw),
		fault("cut", "Take a machine off its networks; inside, the carrier stays", "", machine.Host.Cut),
		fault("mend", "Put a machine back on its networks", "", machine.Host.Mend),
	}
}

func hostsCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "hosts",
		Short: "Machines that no cloud has made, for stacks on existing hosts",
		Long: fmt.Sprintf(`Machines that no cloud has made, for stacks on existing hosts.

They are Debian machines on a network of their own, 10.81.0.0/24, in which this
host is %s; the artifact mirror answers there as everywhere. The user %s may
use sudo without a password. "lab down" stops them and keeps their disks.`, hosts.Gateway, hosts.User),
	}
	root.AddCommand(hostsUpCommand(), hostsDownCommand(), hostsStatusCommand())
	return root
}

func hostsUpCommand() *cobra.Command {
	count := 4
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Make hosts, and start those that do not run; the cloud is not needed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			if count < 1 || count > hosts.MaxCount {
				return fmt.Errorf("--count %d: from 1 to %d", count, hosts.MaxCount)
			}
			if err := l.HostsUp(cmd.Context(), count); err != nil {
				return err
			}
			return printHosts(l.Hosts())
		},
	}
	cmd.Flags().IntVar(&count, "count", count, "how many hosts there shall be at least")
	return cmd
}

func hostsDownCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "Delete the hosts with everything on them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			return l.HostsDown(cmd.Context())
		},
	}
}

func hostsStatusCommand() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what a stack has to know: addresses, host keys, user, private key",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := asRoot(cmd)
			if err != nil {
				return err
			}
			if asJSON {
				inventory, err := l.Hosts()
				if err != nil {
					return err
				}
				return json.NewEncoder(os.Stdout).Encode(inventory)
			}
			return printHosts(l.Hosts())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printHosts(inventory hosts.Inventory, err error) error {
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "user %s, private key %s\n\nHOST\tSTATE\tADDRESS\tHOST KEY\n", inventory.User, inventory.PrivateKeyFile)
	for _, h := range inventory.Hosts {
		state := "off"
		if h.Running {
			state = "running"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", h.Name, state, h.Address, h.HostKey)
	}
	return w.Flush()
}
