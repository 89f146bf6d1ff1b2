// Toolchain provides what Slipway needs to run: the Pulumi CLI with its plugins,
// and the Kubernetes files and images for the local cloud. It uses official
// releases where they can be reached and compiles pinned Go modules where not.
// It owns $SLIPWAY_CACHE/toolchain, /artifacts and /pulumi.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

const usage = `usage: toolchain [options] [command]

commands:
  tools      the Pulumi CLI, its plugins and kubectl (default)
  artifacts  the Kubernetes files and images for the local cloud
  all        both
  lint       staticcheck
  status     what is there, where it came from and why

options:
  -source auto|upstream|compile
             where to get things from; auto: upstream if it answers.
             Remembered until a version changes; giving it decides anew.
  -addons NAME,...
             artifacts that only some clusters need: %s
  -stack FILE
             the add-ons that this stack's configuration enables
  -h         this text

environment:
  SLIPWAY_CACHE     where everything is kept (${XDG_CACHE_HOME:-~/.cache}/slipway)
  SLIPWAY_UPSTREAM  a mirror: https://HOST/PATH is fetched from $SLIPWAY_UPSTREAM/HOST/PATH

A rerun continues where the last run ended.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		fmt.Printf(usage, strings.Join(addonNames(), ", "))
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "toolchain:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("toolchain", flag.ContinueOnError)
	flags.Usage = func() {}
	source := flags.String("source", "", "")
	names := flags.String("addons", "", "")
	stack := flags.String("stack", "", "")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	switch *source {
	case "", auto, fromUpstream, fromModules:
	default:
		return fmt.Errorf("-source is auto, upstream or compile, not %q", *source)
	}
	wanted, err := wantedAddons(*names, *stack)
	if err != nil {
		return err
	}
	command := "tools"
	if flags.NArg() > 0 {
		command = flags.Arg(0)
	}
	if flags.NArg() > 1 {
		return fmt.Errorf("one command at a time; got %q", flags.Args())
	}
	w, err := open(*source)
	if err != nil {
		return err
	}
	w.addons = wanted
	steps := map[string][]func(context.Context) error{
		"tools":     {w.tools},
		"artifacts": {w.artifacts},
		"all":       {w.tools, w.artifacts},
		"lint":      {w.linter},
	}[command]
	switch {
	case command == "status":
		return w.status()
	case steps == nil:
		return fmt.Errorf("there is no command %q; see toolchain -h", command)
	}
	err = w.locked(ctx, func(ctx context.Context) error {
		for _, step := range steps {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w\nto go on from here: make tools", err)
	}
	return nil
}

// wantedAddons are those that are named and those that the stack's file enables.
func wantedAddons(names, stack string) ([]addon, error) {
	wanted, err := addonsNamed(names)
	if err != nil || stack == "" {
		return wanted, err
	}
	enabled, err := addonsOf(stack)
	return append(wanted, enabled...), err
}
