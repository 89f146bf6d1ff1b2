package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// command is one program to run from the root of the checkout.
type command struct {
	argv []string
	env  []string
	// stdin is what the program reads. Optional.
	stdin string
	// quiet keeps standard output, which holds secrets, out of the log, and
	// standard error out of what is returned.
	quiet bool
	// watch sees every line of output as it comes. Optional.
	watch func(line string)
}

// run runs a command and returns what it printed. When ctx ends, the command and
// its whole session are killed.
func (st *stage) run(ctx context.Context, c command) (string, error) {
	st.log.line("$ " + strings.Join(c.argv, " "))
	cmd := exec.Command(c.argv[0], c.argv[1:]...) // ended through its session, see below
	cmd.Dir, cmd.Env = st.root, c.env
	if c.stdin != "" {
		cmd.Stdin = strings.NewReader(c.stdin)
	}
	// A session of its own: what Pulumi starts changes its process group, but
	// stays in the session, while the local cloud's daemon leaves it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	reader, writer, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer reader.Close()
	cmd.Stdout, cmd.Stderr = writer, writer
	if c.quiet {
		cmd.Stderr = st.log
	}
	err = cmd.Start()
	_ = writer.Close()
	if err != nil {
		return "", err
	}
	// Waited for: not all that has to die holds the pipe.
	var killer sync.WaitGroup
	defer killer.Wait()
	ended := make(chan struct{})
	defer close(ended)
	killer.Go(func() {
		select {
		case <-ctx.Done():
			st.log.line("--- killing it here")
			killSession(cmd.Process.Pid)
		case <-ended:
		}
	})
	output := st.follow(reader, c)
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return output, ctx.Err()
	case err != nil:
		return output, fmt.Errorf("%s: %w", strings.Join(c.argv, " "), err)
	}
	return output, nil
}

func (st *stage) follow(reader io.Reader, c command) string {
	text := &strings.Builder{}
	lines := bufio.NewReader(reader)
	for {
		line, err := lines.ReadString('\n')
		text.WriteString(line)
		if trimmed := strings.TrimRight(line, "\n"); line != "" && !c.quiet {
			st.log.line(trimmed)
			if c.watch != nil {
				c.watch(trimmed)
			}
		}
		if err != nil {
			return text.String()
		}
	}
}

// make runs a make target on the stack. Its headlines go to the terminal too; the
// command lines of all processes on the machine are recorded meanwhile.
func (st *stage) make(ctx context.Context, target string, watch func(string)) (string, error) {
	env := os.Environ()
	if st.stack == hostsStack { // not the local cloud's, so the backend is the caller's
		var err error
		if env, err = st.toolEnv(ctx); err != nil {
			return "", err
		}
	}
	recorder := recordCommandLines(st.commandLines())
	output, err := st.run(ctx, command{argv: []string{"make", target, "STACK=" + st.stack}, env: env, watch: func(line string) {
		if headline, ok := strings.CutPrefix(line, "==> "); ok {
			fmt.Fprintf(st.out, "                 %s\n", headline)
		}
		if watch != nil {
			watch(line)
		}
	}})
	return output, errors.Join(err, recorder.stop())
}

// toolEnv is the environment of the pinned toolchain with the local cloud's
// credentials and Pulumi backend.
func (st *stage) toolEnv(ctx context.Context) ([]string, error) {
	if st.env != nil {
		return st.env, nil
	}
	script := `set -eu; . "$1/toolchain/env"; exports=$(bin/lab env); eval "$exports"; exec env -0`
	out, err := st.run(ctx, command{argv: []string{"bash", "-c", script, "bash", st.paths.Cache}, env: os.Environ(), quiet: true})
	if err != nil {
		return nil, fmt.Errorf("reading the toolchain's environment: %w", err)
	}
	// The last one of a name counts.
	st.env = append(strings.Split(strings.TrimRight(out, "\x00"), "\x00"), "TMPDIR="+st.temp)
	return st.env, nil
}

// tool runs a program of the toolchain.
func (st *stage) tool(ctx context.Context, c command) (string, error) {
	env, err := st.toolEnv(ctx)
	if err != nil {
		return "", err
	}
	// Through env(1), because the program has to be found on the toolchain's PATH.
	c.argv, c.env = append([]string{"env"}, c.argv...), env
	return st.run(ctx, c)
}
