package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// pins are the versions of everything. They are written down once: modules in
// the go.mod files, the releases of a cluster in internal/versions.
type pins struct {
	root     string
	releases map[string]string // constants of internal/versions
}

func readPins(root string) (pins, error) {
	path := filepath.Join(root, "internal", "versions", "versions.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return pins{}, fmt.Errorf("reading the pinned releases: %w", err)
	}
	p := pins{root: root, releases: map[string]string{}}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != len(spec.Names) {
			return true
		}
		for i, name := range spec.Names {
			if literal, ok := spec.Values[i].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if value, err := strconv.Unquote(literal.Value); err == nil {
					p.releases[name.Name] = value
				}
			}
		}
		return true
	})
	return p, nil
}

// release returns a constant of internal/versions.
func (p pins) release(name string) string {
	value, ok := p.releases[name]
	if !ok {
		// A missing pin is a mistake in this repository, which a test finds.
		panic("internal/versions has no constant " + name)
	}
	return value
}

// module returns the version at which a go.mod requires a module. The folder is
// relative to the project.
func (p pins) module(folder, module string) string {
	content, err := os.ReadFile(filepath.Join(p.root, folder, "go.mod"))
	if err != nil {
		panic(fmt.Sprintf("reading the pin of %s: %v", module, err))
	}
	for line := range strings.Lines(string(content)) {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) >= 2 && fields[0] == module {
			return fields[1]
		}
	}
	panic(fmt.Sprintf("%s/go.mod does not require %s", folder, module))
}

// plugin returns the version of a provider plugin: that of the SDK which the
// program uses, because the engine asks for exactly that.
func (p pins) plugin(name string) string {
	return strings.TrimPrefix(p.module(".", sdks[name]), "v")
}

// sdks are the modules of the providers' SDKs.
var sdks = map[string]string{
	"command":    "github.com/pulumi/pulumi-command/sdk",
	"kubernetes": "github.com/pulumi/pulumi-kubernetes/sdk/v4",
	"openstack":  "github.com/pulumi/pulumi-openstack/sdk/v3",
	"tls":        "github.com/pulumi/pulumi-tls/sdk/v5",
}

// pulumi returns the version of the CLI.
func (p pins) pulumi() string { return p.module("tools/pulumi", "github.com/pulumi/pulumi/pkg/v3") }
