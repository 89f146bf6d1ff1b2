// Recover mends a stack whose update was killed. Pulumi notes an operation
// before it asks the provider, so what was being created is known by its inputs
// while its id is not: the object may stand in the cloud, unknown to the state.
// Recover finds such objects, deletes them, and takes the interrupted
// operations out of the state, which it reads from standard input as
// `pulumi stack export` writes it and writes to standard output for
// `pulumi stack import`.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// Exit codes beside 0 and 1, for scripts.
const (
	exitUsage   = 2
	exitUnknown = 3
)

// settle is how long after the update's last sign of life an object may still
// appear: a busy service works through the requests that wait for it, whether or
// not their sender lives. Neutron was seen to make a port 30 seconds later.
const settle = time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	flags := flag.NewFlagSet("recover", flag.ContinueOnError)
	cloudName := flags.String("cloud", "", "cloud in clouds.yaml (default: the one the stack's provider uses, then OS_CLOUD)")
	dryRun := flags.Bool("dry-run", false, "only say what would be deleted; the output is the input")
	timeout := flags.Duration("timeout", 5*time.Minute, "how long all deletions together may take")
	if err := flags.Parse(os.Args[1:]); err != nil || flags.NArg() > 0 {
		os.Exit(exitUsage)
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	r := recovery{cloudName: *cloudName, dryRun: *dryRun, settle: settle, log: os.Stderr}
	err := r.run(ctx, os.Stdin, os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "recover:", err)
	if errors.Is(err, errUnknownType) {
		os.Exit(exitUnknown)
	}
	os.Exit(1)
}

// recovery is one run of the command.
type recovery struct {
	cloudName string
	dryRun    bool
	settle    time.Duration
	log       io.Writer
}

func (r recovery) say(format string, args ...any) { fmt.Fprintf(r.log, format+"\n", args...) }

// run writes nothing to out unless every interrupted operation is dealt with:
// the state that an export came from then stays as it is.
func (r recovery) run(ctx context.Context, in io.Reader, out io.Writer) error {
	input, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("reading the export: %w", err)
	}
	s, err := parse(input)
	if err != nil {
		return err
	}
	output := input
	if len(s.pending) > 0 {
		if err := r.sweep(ctx, s); err != nil {
			return err
		}
		if !r.dryRun {
			if output, err = s.withoutPending(); err != nil {
				return err
			}
		}
	}
	_, err = out.Write(output)
	return err
}

// sweep deletes what the interrupted operations left. All is found before
// anything is deleted, so a doubt about one object leaves every other alone.
func (r recovery) sweep(ctx context.Context, s *state) error {
	creations, err := r.sort(s.pending)
	if err != nil || len(creations) == 0 {
		return err
	}
	c, err := connect(ctx, cmp.Or(r.cloudName, s.cloud))
	if err != nil {
		return fmt.Errorf("logging in to OpenStack: %w", err)
	}
	orphans, err := r.find(ctx, c, s, creations)
	if err != nil {
		return err
	}
	for _, o := range orphans {
		if r.dryRun {
			r.say("would delete %s, left by an interrupted update", o)
			continue
		}
		if err := c.remove(ctx, o); err != nil {
			return fmt.Errorf("deleting %s: %w", o, err)
		}
		r.say("deleted %s, left by an interrupted update", o)
	}
	return nil
}
