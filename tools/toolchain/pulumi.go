package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// officialPlugin is a file that is there if official plugins can be fetched.
func (p pins) officialPlugin() string {
	return fmt.Sprintf("get.pulumi.com/releases/plugins/pulumi-resource-tls-v%s-linux-%s.tar.gz", p.plugin("tls"), runtime.GOARCH)
}

// tools provides the CLI, its plugins and kubectl.
func (w *workspace) tools(ctx context.Context) error {
	started := time.Now()
	items := append(pulumiItems(w.pins), kubernetesItem(w.pins, "kubectl"))
	record := w.in("toolchain", "COMPLETE")
	key, err := w.keyOf(items)
	if err != nil {
		return err
	}
	if c, ok := w.remembered(record, key); ok && w.usable(ctx, c) {
		w.say("tools: complete (%s: %s)", c.Source, c.Reason)
		return nil
	}
	c, cli := w.chooseTools(ctx)
	w.say("tools: %s: %s", c.Source, c.Reason)
	if c.Source == fromModules {
		if _, err := w.build(ctx, items[:len(items)-1]); err != nil {
			return err
		}
		cli = w.in("toolchain", "bin", "pulumi")
	} else if c.Source == fromUpstream {
		if cli, err = w.officialCLI(ctx); err != nil {
			return err
		}
	}
	if err := w.plugins(ctx, c, cli); err != nil {
		return err
	}
	if err := w.writeEnv(c.Source); err != nil {
		return err
	}
	if err := w.kubectl(ctx); err != nil {
		return err
	}
	c.Key = key
	if err := c.write(record); err != nil {
		return err
	}
	w.say("tools: complete in %d s; . %s puts them on PATH", int(time.Since(started).Seconds()), w.in("toolchain", "env"))
	return nil
}

// usable tells whether what a choice led to is still there: an installed CLI
// may have been removed since.
func (w *workspace) usable(ctx context.Context, c choice) bool {
	if _, err := os.Stat(w.in("toolchain", "env")); err != nil {
		return false
	}
	if c.Source == fromPath {
		_, _, err := w.installed(ctx)
		return err == nil
	}
	for name := range sdks {
		if _, err := os.Stat(w.pluginPath(name)); err != nil {
			return false
		}
	}
	_, err := os.Stat(w.in("toolchain", "bin", "pulumi"))
	return err == nil
}

// pluginPath is where the CLI keeps a provider plugin in our PULUMI_HOME.
func (w *workspace) pluginPath(name string) string {
	return w.in("pulumi", "plugins", "resource-"+name+"-v"+w.pins.plugin(name), "pulumi-resource-"+name)
}

// chooseTools decides where the CLI comes from and says why.
func (w *workspace) chooseTools(ctx context.Context) (choice, string) {
	if w.source == fromModules {
		return choice{Source: fromModules, Reason: "asked for with -source"}, ""
	}
	unreachable := w.upstream.answers(ctx, w.pins.officialPlugin())
	if unreachable != nil && w.source != fromUpstream {
		return choice{Source: fromModules, Reason: fmt.Sprintf("official plugins cannot be fetched (%v)", unreachable)}, ""
	}
	path, version, err := w.installed(ctx)
	if err == nil {
		return choice{Source: fromPath, Reason: fmt.Sprintf("%s is %s, new enough", path, version)}, path
	}
	return choice{Source: fromUpstream, Reason: fmt.Sprintf("official plugins can be fetched; %v", err)}, ""
}

// installed finds a pulumi on PATH, other than ours, that is new enough.
func (w *workspace) installed(ctx context.Context) (string, string, error) {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		candidate := filepath.Join(dir, "pulumi")
		if dir == w.in("toolchain", "bin") {
			continue
		}
		if _, err := exec.LookPath(candidate); err != nil {
			continue
		}
		cmd := exec.CommandContext(ctx, candidate, "version")
		cmd.Env = append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true")
		out, err := cmd.Output()
		version := strings.TrimSpace(string(out))
		if err != nil || older(version, w.pins.pulumi()) {
			return "", "", fmt.Errorf("%s is %q, older than %s", candidate, version, w.pins.pulumi())
		}
		return candidate, version, nil
	}
	return "", "", errors.New("no pulumi is installed")
}

// older compares versions such as v3.232.0 by their numbers.
func older(a, b string) bool {
	numbers := func(version string) []int {
		version, _, _ = strings.Cut(strings.TrimPrefix(version, "v"), "-")
		var n []int
		for part := range strings.SplitSeq(version, ".") {
			i, err := strconv.Atoi(part)
			if err != nil {
				return nil // not a version: older than any
			}
			n = append(n, i)
		}
		return n
	}
	return slices.Compare(numbers(a), numbers(b)) < 0
}

// officialCLI downloads the release of the CLI, which has its language hosts
// with it, and returns its path.
func (w *workspace) officialCLI(ctx context.Context) (string, error) {
	version := w.pins.pulumi()
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	base := "github.com/pulumi/pulumi/releases/download/" + version + "/"
	file := fmt.Sprintf("%spulumi-%s-linux-%s.tar.gz", base, version, arch)
	w.say("downloading the Pulumi CLI %s", version)
	folder := w.in("toolchain", "downloads")
	if err := w.upstream.download(ctx, file, base+"pulumi-"+strings.TrimPrefix(version, "v")+"-checksums.txt", folder); err != nil {
		return "", err
	}
	bin := w.in("toolchain", "bin")
	if err := unpack(filepath.Join(folder, file), bin); err != nil {
		return "", fmt.Errorf("unpacking %s: %w", path.Base(file), err)
	}
	return filepath.Join(bin, "pulumi"), nil
}

// unpack puts the files of an archive into one folder, whatever folder they
// have in the archive.
func unpack(archive, folder string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for files := tar.NewReader(plain); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := replace(filepath.Join(folder, path.Base(header.Name)), content, 0o755); err != nil {
			return err
		}
	}
}

// plugins installs the provider plugins at the versions of the SDKs.
func (w *workspace) plugins(ctx context.Context, c choice, cli string) error {
	for _, name := range slices.Sorted(maps.Keys(sdks)) {
		version := w.pins.plugin(name)
		arguments := []string{"plugin", "install", "resource", name, version}
		if c.Source == fromModules {
			built := w.in("toolchain", "plugins", "pulumi-resource-"+name)
			want, err := hash(built)
			if err != nil {
				return err
			}
			if got, err := hash(w.pluginPath(name)); err == nil && got == want {
				continue
			}
			arguments = append(arguments, "--reinstall", "--file", built)
		}
		cmd := exec.CommandContext(ctx, cli, arguments...)
		cmd.Env = append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true")
		if c.Source != fromPath {
			cmd.Env = append(cmd.Env, "PULUMI_HOME="+w.in("pulumi"))
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("installing the plugin %s %s: %w:\n%s\nto compile it instead: (cd tools/toolchain && go run . -source compile tools)",
				name, version, err, strings.TrimSpace(string(out)))
		}
	}
	return nil
}

// writeEnv writes the shell file that puts the tools on PATH. An installed CLI
// keeps its own home: its logins are there.
func (w *workspace) writeEnv(source string) error {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	lines := []string{
		"# Written by tools/toolchain. Source it: . " + w.in("toolchain", "env"),
		"export PATH=" + quote(w.in("toolchain", "bin")) + `:"$PATH"`,
		"export PULUMI_SKIP_UPDATE_CHECK=true",
	}
	if source != fromPath {
		lines = append(lines, "export PULUMI_HOME="+quote(w.in("pulumi")))
	}
	if source == fromModules {
		// There is nowhere to acquire plugins from: fail at once, not after retries.
		lines = append(lines, "export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true")
	}
	return replace(w.in("toolchain", "env"), []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}
