package image

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"slipway/lab/internal/nspawn"
)

// systemPath keeps a user's own tools (a Python of their own, say) out of the build.
const systemPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// debootstrap installs the recipe's packages into tree.Dir.
func debootstrap(ctx context.Context, r Recipe, tree Tree, logPath string) error {
	sources, err := hostSources("/", r.suite())
	if err != nil {
		return err
	}
	acquire, err := hostAcquireOptions(ctx)
	if err != nil {
		return err
	}
	args := []string{
		"--mode=root", "--variant=minbase", "--format=directory",
		"--aptopt=APT::Install-Recommends \"false\"",
		// The result is thrown away after a crash, so nothing needs to be synced.
		"--dpkgopt=force-unsafe-io",
		"--dpkgopt=path-exclude=/usr/share/man/*",
		"--dpkgopt=path-exclude=/usr/share/doc/*",
		"--dpkgopt=path-exclude=/usr/share/locale/*",
		"--include=" + strings.Join(r.Packages, ","),
	}
	for _, option := range acquire {
		args = append(args, "--aptopt="+option)
	}
	if len(r.Debconf) > 0 {
		preset := filepath.Join(tree.Scratch, "debconf")
		if err := os.WriteFile(preset, []byte(strings.Join(r.Debconf, "\n")+"\n"), 0o600); err != nil {
			return err
		}
		args = append(args, fmt.Sprintf("--essential-hook=chroot \"$1\" debconf-set-selections < '%s'", preset))
	}
	args = append(args, r.suite(), tree.Dir)
	args = append(args, sources...)
	return runLogged(ctx, r.Name, tree, logPath, append([]string{"mmdebstrap"}, args...))
}

// runLogged runs a build step in a cgroup of its own, so that a killed build
// leaves nothing that cannot be found.
func runLogged(ctx context.Context, name string, tree Tree, logPath string, argv []string) error {
	log, err := os.Create(logPath)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd, err := nspawn.CommandInGroup(ctx, buildGroup(name), argv...)
	if err != nil {
		return err
	}
	cmd.Env = []string{systemPath, "LC_ALL=C.UTF-8", "HOME=/root", "TMPDIR=" + tree.Scratch}
	for _, key := range []string{"http_proxy", "https_proxy", "no_proxy"} {
		if value := os.Getenv(key); value != "" {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
	}
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = log, io.MultiWriter(log, writer)
	go func() {
		lines := bufio.NewScanner(reader)
		for lines.Scan() {
			if step, found := strings.CutPrefix(lines.Text(), "I: "); found {
				tree.Progress(name + ": " + strings.TrimSuffix(step, "..."))
			}
		}
		_, _ = io.Copy(io.Discard, reader)
	}()
	err = cmd.Run()
	_ = writer.Close()
	if err != nil {
		text, _ := os.ReadFile(logPath)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		return fmt.Errorf("running %s: %w; the end of %s:\n%s", argv[0], err, logPath, strings.Join(lines[max(0, len(lines)-8):], "\n"))
	}
	return nil
}

// hostAcquireOptions carries over how the host's apt fetches (proxies, retries,
// date checks): mmdebstrap starts from an empty configuration.
func hostAcquireOptions(ctx context.Context) ([]string, error) {
	out, err := exec.CommandContext(ctx, "apt-config", "dump").Output()
	if err != nil {
		return nil, fmt.Errorf("reading apt's configuration: %w", err)
	}
	return acquireOptions(string(out)), nil
}

func acquireOptions(dump string) []string {
	var options []string
	for line := range strings.Lines(dump) {
		line = strings.TrimSuffix(strings.TrimSpace(line), ";")
		key, value, found := strings.Cut(line, " ")
		if !found || value == `""` {
			continue
		}
		for _, prefix := range []string{"Acquire::http::", "Acquire::https::", "Acquire::Check-", "Acquire::Retries"} {
			if strings.HasPrefix(key, prefix) {
				options = append(options, key+" "+value)
			}
		}
	}
	return options
}
