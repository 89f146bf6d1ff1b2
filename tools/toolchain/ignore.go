package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// ignoreRules are the lines of a chart's .helmignore: what Helm leaves out when it
// packs the chart.
type ignoreRules []string

// readIgnoreRules reads a file that may be missing.
func readIgnoreRules(file string) (ignoreRules, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rules ignoreRules
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "!"):
			return nil, fmt.Errorf("%s: %q: exceptions are not understood", file, line)
		default:
			rules = append(rules, line)
		}
	}
	return rules, nil
}

// leaveOut says whether a rule holds for a file or folder, by its path below the chart.
func (r ignoreRules) leaveOut(file string, folder bool) bool {
	for _, rule := range r {
		name, onlyFolders := strings.CutSuffix(rule, "/")
		if onlyFolders && !folder {
			continue
		}
		against := file
		if !strings.Contains(name, "/") {
			against = path.Base(file)
		}
		if matched, _ := path.Match(strings.TrimPrefix(name, "/"), against); matched {
			return true
		}
	}
	return false
}
