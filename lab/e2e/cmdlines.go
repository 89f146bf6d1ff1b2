package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// commandLines is where the command lines are kept that were seen while the
// commands under test ran. The processes of the machines are among them.
func (l *lab) commandLines() string { return filepath.Join(l.logs, "command-lines") }

// recorder collects the command lines of all processes.
type recorder struct {
	path string
	quit chan struct{}
	done sync.WaitGroup
	seen map[string]bool
}

func recordCommandLines(path string) *recorder {
	r := &recorder{path: path, quit: make(chan struct{}), seen: map[string]bool{}}
	r.done.Go(func() {
		// Often enough for anything that lives as long as a connection or a
		// key takes; what is shorter shows up in the journals through sudo.
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			r.look()
			select {
			case <-tick.C:
			case <-r.quit:
				return
			}
		}
	})
	return r
}

func (r *recorder) look() {
	for _, pid := range processes() {
		if argv, _ := os.ReadFile(procFile(pid, "cmdline")); len(argv) > 0 {
			r.seen[strings.ReplaceAll(strings.TrimRight(string(argv), "\x00"), "\x00", " ")] = true
		}
	}
}

// stop ends the recording and adds the result to the file.
func (r *recorder) stop() error {
	close(r.quit)
	r.done.Wait()
	file, err := os.OpenFile(r.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	var lines []string
	for line := range r.seen {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	_, err = file.WriteString(strings.Join(lines, "\n") + "\n")
	return err
}
