package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"slipway/lab/internal/paths"
)

// lab is the checkout, the local cloud under test, and what is known about it.
type lab struct {
	root  string // of the checkout
	logs  string // .slipway/e2e
	temp  string // for temporary files of plain Pulumi commands; it goes away with the run
	paths paths.Paths
	out   io.Writer
	// stands is what the last scenario has left.
	stands standing
	env    []string // of the toolchain, once it exists
}

// stage is where one scenario plays: the lab, the stack that it is about, and
// the scenario's own log.
type stage struct {
	*lab
	stack string
	log   *log
}

// on is the same stage with another stack.
func (st *stage) on(stack string) *stage { return &stage{st.lab, stack, st.log} }

func newLab(root string, out io.Writer) (*lab, error) {
	p, err := paths.FromEnv()
	if err != nil {
		return nil, err
	}
	logs := filepath.Join(root, ".slipway", "e2e")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return nil, err
	}
	l := &lab{root: root, logs: logs, temp: filepath.Join(root, ".slipway", "e2e-tmp"), paths: p, out: out}
	return l, errors.Join(l.close(), os.Mkdir(l.temp, 0o700))
}

// close removes the temporary files, among them a kubeconfig for every plain
// Pulumi command.
func (l *lab) close() error { return os.RemoveAll(l.temp) }

// play runs one scenario from the state it needs to its end.
func (l *lab) play(ctx context.Context, s scenario) error {
	path := filepath.Join(l.logs, s.name+".log")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	fmt.Fprintf(l.out, "\n%s: %s\n", s.name, s.story)
	st := &stage{l, cmp.Or(s.stack, devStack), &log{file: file}}
	err = st.writeStackFile()
	if err == nil {
		err = st.reach(ctx, s.needs)
	}
	l.stands = standing{}
	if err == nil {
		err = st.doAll(ctx, s.steps)
	}
	if err == nil {
		l.stands = stands(s.leaves, st.stack)
		return nil
	}
	fmt.Fprintf(l.out, "  the last lines of %s:\n", path)
	for _, line := range st.log.tail() {
		fmt.Fprintln(l.out, "  |", line)
	}
	fmt.Fprintf(l.out, "  %s failed: %v\n", s.name, err)
	return err
}

// doAll does steps until one fails.
func (st *stage) doAll(ctx context.Context, steps []step) error {
	for _, s := range steps {
		if err := st.do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (st *stage) do(ctx context.Context, step step) error {
	start := time.Now()
	st.log.line("=== " + step.title)
	err := step.do(ctx, st)
	if err == nil {
		err = ctx.Err()
	}
	mark := "ok"
	if err != nil {
		mark = "FAILED"
		st.log.line("=== failed: " + err.Error())
		err = fmt.Errorf("%s: %w", step.title, err)
	}
	fmt.Fprintf(st.out, "  %-6s %4.0f s  %s\n", mark, time.Since(start).Seconds(), step.title)
	return err
}

// say puts a figure or a note into the log and onto the terminal.
func (st *stage) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	st.log.line(text)
	fmt.Fprintf(st.out, "                 %s\n", text)
}

const tailLines = 40

// log is a scenario's log file; it remembers the last lines for the terminal.
type log struct {
	mu   sync.Mutex
	file io.Writer
	last []string
}

func (l *log) line(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.file, "%s %s\n", time.Now().Format("15:04:05"), text)
	l.last = append(l.last, text)
	l.last = l.last[max(0, len(l.last)-tailLines):]
}

// Write takes a program's standard error, which comes in whole lines mostly.
func (l *log) Write(text []byte) (int, error) {
	l.line(strings.TrimRight(string(text), "\n"))
	return len(text), nil
}

func (l *log) tail() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// poll repeats a check until it passes or the deadline is over, and returns
// the check's last complaint.
func poll(ctx context.Context, within time.Duration, check func() error) error {
	const pause = 500 * time.Millisecond
	deadline := time.Now().Add(within)
	for {
		err := check()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("after %s still: %w", within, err)
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

// indent sets a block apart in an error message.
func indent(lines []string) string { return "\n    " + strings.Join(lines, "\n    ") }
