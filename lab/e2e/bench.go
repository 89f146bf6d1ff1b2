package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// figure is one line of what `make bench` prints.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// bench measures how long the highly available cluster takes from an empty
// project to all nodes Ready, with everything built and the cloud running, and
// how long a plain shell script takes for the same: lab/bench/ha.sh.
func bench(ctx context.Context, l *lab, out io.Writer) error {
	file, err := os.Create(filepath.Join(l.logs, "bench.log"))
	if err != nil {
		return err
	}
	defer file.Close()
	st := &stage{l, haStack, &log{file: file}}
	if err := st.writeStackFile(); err != nil {
		return err
	}
	var up, script time.Duration
	err = st.doAll(ctx, []step{
		{"a cloud with an empty project", emptyCloud},
		{"make up", timed(&up, func(ctx context.Context, st *stage) error {
			if err := makeUp(ctx, st); err != nil {
				return err
			}
			return nodesReady(ctx, st)
		})},
		{"what the script has to download", st.listDownloads},
		{"make destroy", destroyStack},
		{"the script's machines of an earlier run go away", runScript("down")},
		{"the script", timed(&script, runScript("up", st.downloads("files"), st.downloads("images")))},
	})
	end := step{"the script's machines go away", runScript("down")}
	if err := errors.Join(err, st.do(context.WithoutCancel(ctx), end)); err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	for _, f := range []figure{
		{"ha_up", up.Seconds(), "s"},
		{"ha_script", script.Seconds(), "s"},
		{"ha_up_to_script", up.Seconds() / script.Seconds(), "ratio"},
	} {
		if err := encoder.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

func timed(took *time.Duration, do func(context.Context, *stage) error) func(context.Context, *stage) error {
	return func(ctx context.Context, st *stage) error {
		start := time.Now()
		err := do(ctx, st)
		*took = time.Since(start)
		return err
	}
}

// downloads is the file with a list that the script reads.
func (st *stage) downloads(what string) string { return filepath.Join(st.temp, what) }

// listDownloads takes the lists from the stack, so that the script installs the same.
func (st *stage) listDownloads(ctx context.Context, _ *stage) error {
	for _, what := range []string{"files", "images"} {
		out, err := st.tool(ctx, command{argv: onStack(st.stack, "stack", "output", what, "--json"), quiet: true})
		if err != nil {
			return err
		}
		var list []string
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			return fmt.Errorf("reading the stack's output %s: %w", what, err)
		}
		if err := os.WriteFile(st.downloads(what), []byte(strings.Join(list, "\n")+"\n"), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func runScript(args ...string) func(context.Context, *stage) error {
	return func(ctx context.Context, st *stage) error {
		_, err := st.run(ctx, command{argv: append([]string{"lab/bench/ha.sh"}, args...), env: os.Environ()})
		return err
	}
}
