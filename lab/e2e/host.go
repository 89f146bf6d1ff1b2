package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// host is what a lab could leave behind on the machine, in lines per aspect.
type host map[string][]string

// hostQueries are read with standard tools, not with the lab's own code: what
// that code overlooks shall be found.
var hostQueries = map[string][]string{
	"link":             {"ip", "-brief", "link"},
	"address":          {"ip", "-brief", "address"},
	"route":            {"ip", "route", "show", "table", "all"},
	"rule":             {"ip", "rule"},
	"namespace":        {"ip", "netns", "list"},
	"loop device":      {"losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE"},
	"mount":            {"findmnt", "--raw", "--noheadings", "--output", "TARGET,FSTYPE"},
	"kernel parameter": {"sysctl", "fs.inotify", "net.ipv4.ip_forward", "net.bridge", "kernel.keys", "kernel.pid_max", "vm.max_map_count", "--ignore"},
}

// readHost takes the picture.
func readHost(ctx context.Context) (host, error) {
	h := host{}
	for aspect, argv := range hostQueries {
		out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = nil // sysctl fails for a parameter that this kernel lacks; the rest is there
		}
		if err != nil {
			return nil, fmt.Errorf("looking for each %s: %w", aspect, err)
		}
		for line := range strings.Lines(string(out)) {
			h[aspect] = append(h[aspect], strings.Join(strings.Fields(line), " "))
		}
	}
	h["cgroup"] = labCgroups()
	h["process"] = labProcesses()
	return h, nil
}

// labCgroups lists the groups of the lab in every hierarchy.
func labCgroups() []string {
	var found []string
	for _, pattern := range []string{"/sys/fs/cgroup/slipway*", "/sys/fs/cgroup/*/slipway*"} {
		dirs, _ := filepath.Glob(pattern)
		found = append(found, dirs...)
	}
	return found
}

// labProcesses lists processes in the lab's groups or on its files.
func labProcesses() []string {
	var found []string
	for _, pid := range processes() {
		groups, _ := os.ReadFile(procFile(pid, "cgroup"))
		argv, _ := os.ReadFile(procFile(pid, "cmdline"))
		program, _ := os.Readlink(procFile(pid, "exe"))
		if strings.Contains(string(groups), "/slipway") || strings.HasSuffix(program, "/bin/lab") {
			found = append(found, fmt.Sprintf("%d %s", pid, strings.ReplaceAll(string(argv), "\x00", " ")))
		}
	}
	return found
}

// since lists what is in h but was not in before.
func (h host) since(before host) []string {
	var fresh []string
	for aspect, lines := range h {
		for _, line := range lines {
			if !slices.Contains(before[aspect], line) {
				fresh = append(fresh, aspect+": "+line)
			}
		}
	}
	slices.Sort(fresh)
	return fresh
}

func (l *lab) hostFile() string { return filepath.Join(l.logs, "host-before.json") }

// rememberHost keeps a picture of the host from before the lab came up. While
// the lab is up, the last one stays. What a lab that just went down leaves goes
// away asynchronously, so without a picture it is given a moment.
func (st *stage) rememberHost() error {
	patience := 10 * time.Second
	if _, err := os.Stat(st.hostFile()); err == nil {
		patience = 0
	}
	var h host
	var readErr error
	err := poll(context.Background(), patience, func() error {
		if h, readErr = readHost(context.Background()); readErr != nil {
			return nil
		}
		return h.labIsDown()
	})
	if err != nil || readErr != nil {
		fmt.Fprintf(st.log, "no picture of the host: %v\n", errors.Join(err, readErr))
		return readErr
	}
	data, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(st.hostFile(), data, 0o600)
}

// labIsDown says what of a lab is there.
func (h host) labIsDown() error {
	there := slices.Concat(h["cgroup"], h["process"])
	for _, link := range h["link"] {
		if strings.HasPrefix(link, "slipway") {
			there = append(there, link)
		}
	}
	if len(there) > 0 {
		return fmt.Errorf("the lab is up: %s", strings.Join(there, "; "))
	}
	return nil
}

// leftOnHost compares the host with the picture. Namespaces and mounts go away
// asynchronously, so it gives them a moment.
func (st *stage) leftOnHost(ctx context.Context) ([]string, error) {
	before := host{}
	data, err := os.ReadFile(st.hostFile())
	if err == nil {
		err = json.Unmarshal(data, &before)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("no picture of the host was taken before the lab came up: run a scenario that begins from nothing")
	}
	if err != nil {
		return nil, err
	}
	var left []string
	_ = poll(ctx, 10*time.Second, func() error {
		now, readErr := readHost(ctx)
		if err = readErr; err != nil {
			return nil
		}
		if left = now.since(before); len(left) > 0 {
			return errors.New("something is left")
		}
		return nil
	})
	return left, err
}
