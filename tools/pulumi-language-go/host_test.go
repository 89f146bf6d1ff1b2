package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// program makes a module with the given main function and describes it as the
// engine does. Everything temporary goes to a folder that it returns.
func testProgram(t *testing.T, main string, options map[string]any) (*pulumirpc.ProgramInfo, string) {
	t.Helper()
	dir, temporary := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temporary)
	write(t, dir+"/go.mod", "module program\n\ngo 1.26.0\n")
	write(t, dir+"/main.go", "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"time\"\n)\n\nvar _, _, _ = fmt.Sprint, os.Exit, time.Sleep\n\nfunc main() {\n"+main+"\n}\n")
	fields, err := structpb.NewStruct(options)
	if err != nil {
		t.Fatal(err)
	}
	return &pulumirpc.ProgramInfo{RootDirectory: dir, ProgramDirectory: dir, EntryPoint: ".", Options: fields}, temporary
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

func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v, %v", left, err)
	}
}

func TestRunTellsTheProgramWhatToDo(t *testing.T) {
	out := filepath.Join(t.TempDir(), "environment")
	info, temporary := testProgram(t, `
		text := ""
		for _, name := range []string{"ORGANIZATION", "PROJECT", "STACK", "CONFIG", "CONFIG_SECRET_KEYS", "DRY_RUN", "PARALLEL", "MONITOR", "ENGINE"} {
			text += name + "=" + os.Getenv("PULUMI_" + name) + "\n"
		}
		if err := os.WriteFile(`+strconv.Quote(out)+`, []byte(text), 0o600); err != nil { panic(err) }`, nil)
	h := newHost(t.Context(), "old:1")
	if _, err := h.Handshake(t.Context(), &pulumirpc.LanguageHandshakeRequest{EngineAddress: "engine:2"}); err != nil {
		t.Fatal(err)
	}
	resp, err := h.Run(t.Context(), &pulumirpc.RunRequest{
		Info: info, Pwd: info.ProgramDirectory, Organization: "organization", Project: "project", Stack: "dev",
		Config: map[string]string{"project:a": "1"}, ConfigSecretKeys: []string{"project:b"},
		DryRun: true, Parallel: 7, MonitorAddress: "monitor:3",
	})
	if err != nil || resp.Error != "" || resp.Bail {
		t.Fatal(resp, err)
	}
	want := "ORGANIZATION=organization\nPROJECT=project\nSTACK=dev\nCONFIG={\"project:a\":\"1\"}\nCONFIG_SECRET_KEYS=[\"project:b\"]\n" +
		"DRY_RUN=true\nPARALLEL=7\nMONITOR=monitor:3\nENGINE=engine:2\n"
	if got, err := os.ReadFile(out); err != nil || string(got) != want {
		t.Errorf("the program saw\n%s%v\nwant\n%s", got, err, want)
	}
	empty(t, temporary)
}

func TestRunReportsHowTheProgramEnded(t *testing.T) {
	for name, test := range map[string]struct {
		main, err string
		bail      bool
	}{
		"said so itself": {"os.Exit(32)", "", true},
		"crashed":        {"os.Exit(2)", "running the program: exit status 2", false},
		"not compiling":  {"undefined()", "compiling the program in", false},
	} {
		info, temporary := testProgram(t, test.main, nil)
		resp, err := newHost(t.Context(), "").Run(t.Context(), &pulumirpc.RunRequest{Info: info, Pwd: info.ProgramDirectory})
		if err != nil || resp.Bail != test.bail || !strings.HasPrefix(resp.Error, test.err) || (resp.Error == "") != (test.err == "") {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
		empty(t, temporary)
	}
}

func TestOptions(t *testing.T) {
	info, temporary := testProgram(t, "os.Exit(32)", map[string]any{"buildTarget": "bin/program"})
	run := func() string {
		resp, err := newHost(t.Context(), "").Run(t.Context(), &pulumirpc.RunRequest{Info: info, Pwd: info.ProgramDirectory})
		if err != nil {
			t.Fatal(err)
		}
		return strconv.FormatBool(resp.Bail) + resp.Error
	}
	set := func(options map[string]any) {
		fields, err := structpb.NewStruct(options)
		if err != nil {
			t.Fatal(err)
		}
		info.Options = fields
	}
	if got := run(); got != "true" {
		t.Fatalf("buildTarget: %s", got)
	}
	write(t, info.ProgramDirectory+"/main.go", "not compiled any more")
	set(map[string]any{"binary": "bin/program"})
	if got := run(); got != "true" {
		t.Errorf("binary: %s", got)
	}
	set(map[string]any{"binary": "bin/missing"})
	if got := run(); !strings.Contains(got, "runtime option binary") {
		t.Errorf("a missing binary: %s", got)
	}
	set(map[string]any{"binary": "a", "buildTarget": "b"})
	if got := run(); !strings.Contains(got, "exclude each other") {
		t.Errorf("both: %s", got)
	}
	empty(t, temporary)
}

// sleeper is a program that says that it runs and then does not end.
func sleeper(t *testing.T) (info *pulumirpc.ProgramInfo, running func() int, temporary string) {
	pid := filepath.Join(t.TempDir(), "pid")
	info, temporary = testProgram(t, `
		name := `+strconv.Quote(pid)+`
		if err := os.WriteFile(name+".new", []byte(fmt.Sprint(os.Getpid())), 0o600); err != nil { panic(err) }
		if err := os.Rename(name+".new", name); err != nil { panic(err) }
		time.Sleep(time.Hour)`, nil)
	return info, func() int {
		content, err := os.ReadFile(pid)
		if err != nil {
			return 0
		}
		number, err := strconv.Atoi(string(content))
		if err != nil {
			t.Fatal(err)
		}
		return number
	}, temporary
}

func TestCancelEndsThePrograms(t *testing.T) {
	info, running, temporary := sleeper(t)
	h := newHost(t.Context(), "")
	result := make(chan *pulumirpc.RunResponse, 1)
	go func() {
		resp, _ := h.Run(t.Context(), &pulumirpc.RunRequest{Info: info, Pwd: info.ProgramDirectory})
		result <- resp
	}()
	await(t, "the program runs", func() bool { return running() != 0 })
	empty(t, temporary) // also while it runs: nothing can be left behind
	if _, err := h.Cancel(t.Context(), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	if resp := <-result; !strings.Contains(resp.GetError(), context.Canceled.Error()) {
		t.Errorf("got %v", resp)
	}
}

// TestKilledHostTakesItsProgramsAlong starts a real host and kills it.
func TestKilledHostTakesItsProgramsAlong(t *testing.T) {
	info, running, _ := sleeper(t)
	binary := filepath.Join(t.TempDir(), "host")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	host := exec.Command(binary)
	stdout, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	port := make([]byte, 16)
	n, err := stdout.Read(port)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(string(port[:n])), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		_, _ = pulumirpc.NewLanguageRuntimeClient(conn).Run(t.Context(), &pulumirpc.RunRequest{Info: info, Pwd: info.ProgramDirectory})
	}()
	await(t, "the program runs", func() bool { return running() != 0 })
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	await(t, "the program ended", func() bool { return ended(running()) })
}

// ended tells whether a process is gone or only waits for someone to notice.
func ended(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

func TestSweepRemovesWhatDeadHostsLeft(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(temporary, temporaryPrefix+strconv.Itoa(dead.Process.Pid)+"-1")
	kept := filepath.Join(temporary, temporaryPrefix+strconv.Itoa(os.Getpid())+"-1")
	write(t, gone+"/program", "")
	write(t, kept+"/program", "")
	sweep()
	if _, err := os.Stat(gone); err == nil {
		t.Error("what a dead host left is still there")
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error("what a living host uses is gone")
	}
}

// pluginStream receives what RunPlugin sends.
type pluginStream struct {
	grpc.ServerStream
	ctx    context.Context
	stdout string
	exit   int32
}

func (p *pluginStream) Context() context.Context { return p.ctx }

func (p *pluginStream) Send(r *pulumirpc.RunPluginResponse) error {
	p.stdout += string(r.GetStdout())
	p.exit = r.GetExitcode()
	return nil
}

func TestRunPlugin(t *testing.T) {
	info, temporary := testProgram(t, `fmt.Println(os.Args[1], os.Getenv("X"), os.Getenv("HOME")); os.Exit(5)`, nil)
	p := &pluginStream{ctx: t.Context()}
	err := newHost(t.Context(), "").RunPlugin(&pulumirpc.RunPluginRequest{
		Info: info, Pwd: info.ProgramDirectory, Args: []string{"engine:1"}, Env: []string{"X=y"},
	}, p)
	if err != nil || p.stdout != "engine:1 y \n" || p.exit != 5 {
		t.Errorf("stdout %q, exit code %d, %v", p.stdout, p.exit, err)
	}
	empty(t, temporary)
}
