// Package docs_test holds what the documentation refers to against the repository.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = ".."

var (
	links   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	targets = regexp.MustCompile("(?m)(?:`|^    )make ([a-z][a-z0-9-]*)")
	fences  = regexp.MustCompile("`[^`\n]+`")
)

// pages returns the text of every page, by its path below the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && path != root && (strings.HasPrefix(name, ".") && name != ".." || name == "bin" || name == "testdata") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			text, err := os.ReadFile(path)
			found[path] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no page was found")
	}
	return found
}

func TestLinksLeadSomewhere(t *testing.T) {
	for page, text := range pages(t) {
		for _, link := range links.FindAllStringSubmatch(fences.ReplaceAllString(text, ""), -1) {
			target, _, _ := strings.Cut(link[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), target)); err != nil {
				t.Errorf("%s links to %s: %v", page, target, err)
			}
		}
	}
}

func TestNamedCommandsExist(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for page, text := range pages(t) {
		for _, target := range targets.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(string(makefile), "\n"+target[1]+":") {
				t.Errorf("%s names `make %s`, which the Makefile does not have", page, target[1])
			}
		}
	}
}

func TestEveryExampleIsListed(t *testing.T) {
	page, err := os.ReadFile("topologies.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Glob(filepath.Join(root, "examples", "*.yaml"))
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples (%v)", err)
	}
	for _, example := range examples {
		if name := filepath.Base(example); !strings.Contains(string(page), "(../examples/"+name+")") {
			t.Errorf("docs/topologies.md does not list %s", name)
		}
	}
}

func TestEveryDecisionIsListed(t *testing.T) {
	index, err := os.ReadFile("adr/README.md")
	if err != nil {
		t.Fatal(err)
	}
	records, err := filepath.Glob("adr/[0-9]*.md")
	if err != nil || len(records) == 0 {
		t.Fatalf("no decisions (%v)", err)
	}
	for _, record := range records {
		if name := filepath.Base(record); !strings.Contains(string(index), "("+name+")") {
			t.Errorf("docs/adr/README.md does not list %s", name)
		}
	}
}
