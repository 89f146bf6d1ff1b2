package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func testStage(t *testing.T) (*stage, *bytes.Buffer) {
	t.Helper()
	text := &bytes.Buffer{}
	return &stage{lab: &lab{root: t.TempDir(), logs: t.TempDir(), out: text}, stack: devStack, log: &log{file: text}}, text
}

func TestRunLogsAndReturnsOutput(t *testing.T) {
	st, text := testStage(t)
	out, err := st.run(t.Context(), command{argv: []string{"sh", "-c", "echo out; echo err >&2; cat"}, env: os.Environ(), stdin: "in\n"})
	if err != nil || out != "out\nerr\nin\n" {
		t.Errorf("output is %q (%v)", out, err)
	}
	if !strings.Contains(text.String(), "err") {
		t.Errorf("log is %q", text)
	}
}

func TestQuietOutputStaysOutOfTheLog(t *testing.T) {
	st, text := testStage(t)
	out, err := st.run(t.Context(), command{argv: []string{"sh", "-c", "echo hush $((6 * 7)); echo complaint >&2"}, env: os.Environ(), quiet: true})
	if err != nil || out != "hush 42\n" {
		t.Errorf("output is %q (%v)", out, err)
	}
	if strings.Contains(text.String(), "hush 42") || !strings.Contains(text.String(), "complaint") {
		t.Errorf("log is %q", text)
	}
}

// TestKillTakesTheWholeSession kills a process whose child has left the process
// group, as Pulumi's plugins do, but not the session.
func TestKillTakesTheWholeSession(t *testing.T) {
	st, _ := testStage(t)
	pidFile := filepath.Join(t.TempDir(), "pid")
	// Monitor mode gives background jobs a process group of their own.
	script := `set -m; sleep 300 & echo $! >"$1"; echo ready; wait`
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	_, err := st.run(ctx, command{argv: []string{"bash", "-c", script, "bash", pidFile}, env: os.Environ(), watch: func(line string) {
		if line == "ready" {
			kill()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v", err)
	}
	pid, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	argv, _ := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/cmdline")
	if strings.Contains(string(argv), "sleep") {
		t.Error("the child lives on")
	}
}

func TestCommandLinesAreRecorded(t *testing.T) {
	st, _ := testStage(t)
	recorder := recordCommandLines(st.commandLines())
	if err := recorder.stop(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(st.commandLines())
	if err != nil || !strings.Contains(string(text), "e2e.test") {
		t.Errorf("the recording holds %q (%v), not this test", text, err)
	}
}

func TestFailureShowsTheEndOfTheLog(t *testing.T) {
	st, text := testStage(t)
	st.stands = stands(cluster, devStack)
	err := st.play(t.Context(), scenario{name: "broken", story: "it breaks", needs: cluster, leaves: cluster, steps: []step{
		{"a step with output", func(ctx context.Context, st *stage) error {
			_, err := st.run(ctx, command{argv: []string{"sh", "-c", "seq 100; exit 3"}, env: os.Environ()})
			return err
		}},
		{"never reached", func(context.Context, *stage) error { t.Error("a step ran after a failed one"); return nil }},
	}})
	if err == nil || !strings.Contains(err.Error(), "a step with output: sh -c seq 100; exit 3: exit status 3") {
		t.Errorf("error is %v", err)
	}
	shown := text.String()
	if !strings.Contains(shown, "  | 100\n") || strings.Contains(shown, "  | 50\n") || !strings.Contains(shown, "broken.log") {
		t.Errorf("the terminal shows %s", shown)
	}
	if st.stands != (standing{}) {
		t.Errorf("state after a failure is %+v", st.stands)
	}
}
