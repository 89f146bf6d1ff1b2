// Package charts gets Helm charts and renders them. It applies nothing, and
// knows neither a cluster nor Pulumi.
package charts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
)

// Pin is a chart that Slipway installs: one release of it, with known content.
type Pin struct {
	// Name and Version are the chart's own. Required.
	Name, Version string
	// Key is the upstream URL of its archive without the scheme. Required.
	Key string
	// Digest is what Digest returns for the chart. Required.
	Digest string
	// Without names charts inside it that are taken out before anything is
	// rendered, and do not count for the digest. Optional.
	Without []string
	// WithoutImageDigests takes the digests of images out of the values, and leaves
	// out README.md, which repeats them: upstream fills both in when it packs a
	// release, so its source has another content. For charts whose images are set
	// by their tags. Optional.
	WithoutImageDigests bool
}

// String is how people call the chart.
func (p Pin) String() string { return p.Name + " " + p.Version }

// Chart is a chart whose content is the pinned one.
type Chart struct {
	pin  Pin
	tree *chart.Chart
}

// read takes an archive apart and compares it with the pin.
func (p Pin) read(archive []byte) (*Chart, error) {
	tree, err := loader.LoadArchive(bytes.NewReader(archive))
	if err != nil {
		return nil, fmt.Errorf("it is no chart: %w", err)
	}
	if tree.Metadata.Name != p.Name || tree.Metadata.Version != p.Version {
		return nil, fmt.Errorf("it is chart %s %s", tree.Metadata.Name, tree.Metadata.Version)
	}
	if err := p.takeOut(tree); err != nil {
		return nil, err
	}
	if digest := Digest(tree); digest != p.Digest {
		return nil, fmt.Errorf("its content has the digest %s, want %s", digest, p.Digest)
	}
	return &Chart{p, tree}, nil
}

// takeOut drops what is not used.
func (p Pin) takeOut(tree *chart.Chart) error {
	tree.SetDependencies(slices.DeleteFunc(slices.Clone(tree.Dependencies()), func(inside *chart.Chart) bool {
		return slices.Contains(p.Without, inside.Name())
	})...)
	if p.WithoutImageDigests {
		return takeOutImageDigests(tree)
	}
	return nil
}

// Digest is the SHA-256 of what a chart consists of, in hex. It is not that of the
// archive: whoever packs the same files gets the same digest. Chart.yaml is left
// out, which Helm writes anew when it packs; name and version are compared anyway.
// A chart inside counts with its files, be it a folder or an archive of its own.
func Digest(tree *chart.Chart) string {
	lines := contents(tree, "")
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}

// contents are a line for each file of a chart and of those inside it.
func contents(tree *chart.Chart, at string) []string {
	var lines []string
	for _, file := range tree.Raw {
		base := path.Base(file.Name)
		if base == "Chart.yaml" || base == "Chart.lock" || strings.HasPrefix(file.Name, "charts/") {
			continue
		}
		sum := sha256.Sum256(file.Data)
		lines = append(lines, hex.EncodeToString(sum[:])+"  "+at+file.Name+"\n")
	}
	for _, inside := range tree.Dependencies() {
		lines = append(lines, contents(inside, at+"charts/"+inside.Name()+"/")...)
	}
	return lines
}
