package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// bench is a workspace with an empty cache whose messages are kept.
type bench struct {
	*workspace
	mu   sync.Mutex
	said []string
}

// newBench works on this repository's pins, or on a project of its own.
func newBench(t *testing.T, root string) *bench {
	t.Helper()
	b := &bench{}
	if root == "" {
		root = "../.."
	}
	root, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	b.workspace = &workspace{root: root, cache: t.TempDir(), say: func(format string, a ...any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.said = append(b.said, fmt.Sprintf(format, a...))
	}}
	return b
}

func (b *bench) heard(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(strings.Join(b.said, "\n"), text)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

// project makes a project with one tool that prints what its version is set to.
func project(t *testing.T) (string, item) {
	t.Helper()
	root := t.TempDir()
	write(t, root+"/tools/hello/go.mod", "module hello\n\ngo 1.26.0\n")
	write(t, root+"/tools/hello/main.go", "package main\n\nvar version string\n\nfunc main() { println(version) }\n")
	return root, item{name: "hello", module: "hello", packages: []string{"."}, output: "toolchain/bin/hello", ldflags: set("main.version", "one")}
}

func TestBuildOnceAndAgainAfterAChange(t *testing.T) {
	root, hello := project(t)
	b := newBench(t, root)
	build := func(want bool) {
		t.Helper()
		if built, err := b.build(t.Context(), []item{hello}); err != nil || built != want {
			t.Fatalf("built: %t, %v; want %t", built, err, want)
		}
	}
	runs := func(want string) {
		t.Helper()
		out, err := exec.Command(b.in(hello.output)).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Fatalf("it prints %q, %v; want %q", out, err, want)
		}
	}
	build(true)
	runs("one")
	build(false)
	if !b.heard("[1/1] hello: compiling") || !b.heard("[1/1] hello: done in") {
		t.Errorf("progress: %q", b.said)
	}
	hello.ldflags = set("main.version", "two")
	build(true)
	runs("two")
	write(t, root+"/tools/hello/main.go", "package main\n\nfunc main() { println(`three`) }\n")
	build(true)
	runs("three")
	if err := os.Remove(b.in(hello.output)); err != nil {
		t.Fatal(err)
	}
	build(true)
	runs("three")
}

func TestFailedBuildTellsWhatAndHow(t *testing.T) {
	root, hello := project(t)
	write(t, root+"/tools/hello/broken.go", "package main\n\nfunc broken() { undefined() }\n")
	b := newBench(t, root)
	_, err := b.build(t.Context(), []item{hello})
	if err == nil {
		t.Fatal("broken code compiled")
	}
	for _, want := range []string{"compiling hello", "undefined: undefined", "cd " + root + "/tools/hello", "CGO_ENABLED=0", "go build", "-X main.version=one"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	if err := os.Remove(root + "/tools/hello/broken.go"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.build(t.Context(), []item{hello}); err != nil {
		t.Errorf("after the repair: %v", err)
	}
}

// TestCancelledBuildIsRepeated pins that a build that was ended leaves nothing
// that looks finished.
func TestCancelledBuildIsRepeated(t *testing.T) {
	root, hello := project(t)
	b := newBench(t, root)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.build(ctx, []item{hello}); err == nil {
		t.Fatal("a cancelled build succeeded")
	}
	write(t, b.in(hello.output)+".new", "what a killed build left")
	if built, err := b.build(t.Context(), []item{hello}); err != nil || !built {
		t.Errorf("built: %t, %v", built, err)
	}
}

// TestOverlay builds a program that embeds a file of a module it requires, as
// the Kubernetes provider does.
func TestOverlay(t *testing.T) {
	root, hello := project(t)
	write(t, root+"/tools/hello/go.mod", "module hello\n\ngo 1.26.0\n")
	write(t, root+"/tools/hello/data.json", "{}")
	write(t, root+"/tools/hello/main.go", "package main\n\nimport _ \"embed\"\n\n//go:embed data.json\nvar data string\n\nfunc main() { print(data) }\n")
	b := newBench(t, root)
	theirs := filepath.Join(t.TempDir(), "theirs.json")
	write(t, theirs, "theirs")
	overlay := b.in("overlay.json")
	write(t, overlay, fmt.Sprintf(`{"Replace": {%q: %q}}`, root+"/tools/hello/data.json", theirs))
	cmd := b.goCommand(t.Context(), hello, hello.arguments(b.in("hello"), overlay)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command(b.in("hello")).CombinedOutput(); err != nil || string(out) != "theirs" {
		t.Errorf("it embeds %q, %v", out, err)
	}
}

func TestSecondRunWaits(t *testing.T) {
	root, _ := project(t)
	first, second := newBench(t, root), newBench(t, root)
	second.cache = first.cache
	inside, leave, done := make(chan bool), make(chan bool), make(chan error, 2)
	go func() {
		done <- first.locked(t.Context(), func(context.Context) error { inside <- true; <-leave; return nil })
	}()
	<-inside
	var order bytes.Buffer
	go func() {
		done <- second.locked(t.Context(), func(context.Context) error { order.WriteString("second"); return nil })
	}()
	holder := fmt.Sprintf("waiting for another run that uses %s (process %d: ", first.cache, os.Getpid())
	for deadline := time.Now().Add(10 * time.Second); !second.heard(holder); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the second run does not say for whom it waits")
		}
	}
	if order.Len() != 0 {
		t.Error("the second run did not wait")
	}
	close(leave)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestBuildOutput(t *testing.T) {
	var o buildOutput
	for _, part := range []string{"internal/abi\nexample.com/x/", "y-z.v2\n# example.com/x\nmain.go:3: undefi", "ned: a\nlast"} {
		if _, err := o.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if n := o.packages.Load(); n != 2 {
		t.Errorf("%d packages", n)
	}
	if want := "# example.com/x\nmain.go:3: undefined: a\nlast"; o.tail() != want {
		t.Errorf("tail %q", o.tail())
	}
}
