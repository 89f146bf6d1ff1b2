// Command e2e runs the scenarios of `make e2e` against the local cloud: the
// real commands, the real cloud, a real cluster. Each scenario is one file that
// reads as a list of steps. One cluster serves all of them where that is possible.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
}

const usage = "usage: e2e [--list | --bench | scenario[,scenario]...]; all scenarios of the default run without arguments"

func run(ctx context.Context, args []string) error {
	switch {
	case slices.Equal(args, []string{"--list"}):
		fmt.Print(list())
		return nil
	case slices.Equal(args, []string{"--bench"}):
		return inLab(os.Stderr, func(l *lab) error { return bench(ctx, l, os.Stdout) })
	case len(args) > 1 || len(args) == 1 && strings.HasPrefix(args[0], "-"):
		return errors.New(usage)
	}
	chosen, err := choose(strings.Join(args, ","))
	if err != nil {
		return err
	}
	return inLab(os.Stdout, func(l *lab) error {
		results := runAll(ctx, l, chosen)
		fmt.Println()
		fmt.Print(summary(results))
		if slices.ContainsFunc(results, func(r result) bool { return r.err != nil }) {
			return errors.New("not every scenario passed")
		}
		return nil
	})
}

// inLab does something with the local cloud, which nobody else does meanwhile.
func inLab(out io.Writer, do func(*lab) error) error {
	if os.Geteuid() != 0 {
		return errors.New("the local cloud runs machines and networks of its own: run this as root")
	}
	// There is one local cloud on a machine. The name is abstract: the kernel
	// gives it back when this process ends, however it ends.
	only, err := net.Listen("unix", "@slipway-e2e")
	if err != nil {
		return fmt.Errorf("another run of the scenarios uses the local cloud: %w", err)
	}
	defer only.Close()
	root, err := checkout()
	if err != nil {
		return err
	}
	l, err := newLab(root, out)
	if err != nil {
		return err
	}
	return errors.Join(do(l), l.close())
}

// checkout finds the root of the working copy, so that the program may be
// started from any folder in it.
func checkout() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no Pulumi.yaml in %s or above: run this inside the checkout", start)
		}
	}
}

type result struct {
	name string
	took time.Duration
	err  error
}

// runAll runs every scenario, also after one failed; an interrupt ends the run.
func runAll(ctx context.Context, lab *lab, chosen []scenario) []result {
	var results []result
	for _, s := range chosen {
		start := time.Now()
		err := lab.play(ctx, s)
		results = append(results, result{name: s.name, took: time.Since(start), err: err})
		if ctx.Err() != nil {
			break
		}
	}
	return results
}

// summary is what the caller reads, and what CI greps: one line per scenario,
// then the counts.
func summary(results []result) string {
	text := &strings.Builder{}
	passed := 0
	for _, r := range results {
		verdict := "fail"
		if r.err == nil {
			verdict = "pass"
			passed++
		}
		fmt.Fprintf(text, "%-15s %s  %.0f\n", r.name, verdict, r.took.Seconds())
	}
	fmt.Fprintf(text, "%d passed, %d failed\n", passed, len(results)-passed)
	return text.String()
}
