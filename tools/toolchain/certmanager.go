package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// certManager has cert-manager's programs, the chart that upstream publishes, and
// an ACME server for the end-to-end tests.
func (p pins) certManager() group {
	const (
		tool     = "cert-manager"
		upstream = "github.com/cert-manager/cert-manager"
	)
	version := p.release("CertManager")
	g := group{files: []published{{
		file: "charts.jetstack.io/charts/cert-manager-" + version + ".tgz",
		from: moduleFile{tool: tool, module: upstream, path: "deploy/charts/cert-manager"}, top: "cert-manager/", release: version,
	}}}
	for _, name := range []string{"controller", "webhook", "cainjector", "acmesolver"} {
		binary := tool + "-" + name
		g.items = append(g.items, item{name: binary, module: tool, output: "artifacts/bin/" + binary, packages: []string{"./" + name},
			ldflags: set(upstream+"/pkg/util.AppVersion", version)})
		g.images = append(g.images, imageSpec{Ref: "quay.io/jetstack/" + binary + ":" + version,
			Entrypoint: []string{"/" + binary}, Files: map[string]string{"/" + binary: "bin/" + binary}})
	}
	return p.withPebble(p.withDNS01(g))
}

// withDNS01 adds a stand-in of what writes records of challenges to Designate: no
// module proxy serves upstream's.
func (p pins) withDNS01(g group) group {
	const binary = "designate-certmanager-webhook"
	g.items = append(g.items, item{name: binary, module: "cert-manager", output: "artifacts/bin/" + binary, packages: []string{"./designate-webhook"}})
	g.images = append(g.images, imageSpec{Ref: "docker.io/syseleven/" + binary + ":" + p.release("DNS01Webhook"),
		Entrypoint: []string{"/" + binary}, Files: map[string]string{"/" + binary: "bin/" + binary}})
	return g
}

// withPebble adds the ACME server, which no cluster runs but those of the tests.
func (p pins) withPebble(g group) group {
	const module = "github.com/letsencrypt/pebble/v2"
	g.items = append(g.items, item{name: "pebble", module: "pebble", output: "artifacts/bin/pebble", packages: []string{module + "/cmd/pebble"}})
	g.images = append(g.images, imageSpec{Ref: "ghcr.io/letsencrypt/pebble:" + strings.TrimPrefix(p.module("tools/pebble", module), "v"),
		Entrypoint: []string{"/pebble"}, Files: map[string]string{"/pebble": "bin/pebble"}})
	return g
}

// packRelease packs a chart that upstream's release prepares: it has these files
// only, its own version, and a README made of a template.
func packRelease(folder string, f published) ([]byte, error) {
	files := map[string]string{"README.md": "README.template.md"}
	for _, name := range []string{".helmignore", "Chart.yaml", "values.yaml", "values.schema.json"} {
		files[name] = name
	}
	templates, err := os.ReadDir(filepath.Join(folder, f.from.path, "templates"))
	if err != nil {
		return nil, err
	}
	for _, entry := range templates {
		files["templates/"+entry.Name()] = "templates/" + entry.Name()
	}
	prepared, err := os.MkdirTemp("", "slipway-chart-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(prepared)
	if err := os.MkdirAll(filepath.Join(prepared, f.from.path, "templates"), 0o755); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		content, err := os.ReadFile(filepath.Join(folder, f.from.path, files[name]))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(prepared, f.from.path, name), released(name, content, f.release), 0o644); err != nil {
			return nil, err
		}
	}
	return packChart(prepared, f)
}

// released is a file of a chart in a release.
func released(name string, content []byte, version string) []byte {
	switch name {
	case "Chart.yaml":
		return chartVersions.ReplaceAll(content, []byte("$1: "+version))
	case "README.md":
		return []byte(strings.ReplaceAll(string(content), "{{RELEASE_VERSION}}", version))
	}
	return content
}
