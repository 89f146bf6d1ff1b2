// Package mirror serves what nodes install: release files over HTTP and
// container images by the registry protocol. It reads the artifacts that
// `make tools` left behind; it neither compiles nor downloads anything.
package mirror

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Mirror is an http.Handler with /files/<host>/<path>, a read-only registry
// below /v2/, /readyz and a short index at /.
type Mirror struct {
	// Base returns the root file system of that name under images that need a
	// distribution. Optional: such images fail to load without it.
	Base func(ctx context.Context, name string, progress func(string)) (dir string, err error)

	artifacts string
	blobs     blobStore
	catalog   *catalog
	mux       *http.ServeMux

	mu     sync.RWMutex
	state  error         // nil when the last Load succeeded
	loaded chan struct{} // closed when the first Load has ended
}

var errLoading = errors.New("images are still loading")

// New returns a mirror of artifactsDir that keeps image layers in storeDir.
// It serves files at once and each image as soon as Load has it.
func New(artifactsDir, storeDir string) *Mirror {
	m := &Mirror{
		artifacts: artifactsDir,
		blobs:     blobStore{dir: filepath.Join(storeDir, "blobs")},
		catalog:   newCatalog(),
		mux:       http.NewServeMux(),
		state:     errLoading,
		loaded:    make(chan struct{}),
	}
	m.mux.Handle("GET /files/", http.StripPrefix("/files", filesHandler{artifacts: artifactsDir}))
	m.mux.Handle("/v2/", registry{catalog: m.catalog, loaded: m.loaded})
	m.mux.HandleFunc("GET /readyz", m.ready)
	m.mux.HandleFunc("GET /{$}", m.index)
	return m
}

// ServeHTTP implements http.Handler.
func (m *Mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// Load brings every image of images.json into the registry and reports one
// line per image. Layers already in the store are not written again. All
// problems are returned together; the images without one are served.
func (m *Mirror) Load(ctx context.Context, progress func(string)) error {
	err := m.load(ctx, progress)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == errLoading {
		close(m.loaded)
	}
	m.state = err
	return err
}

func (m *Mirror) load(ctx context.Context, progress func(string)) error {
	specs, err := readSpecs(m.artifacts)
	if err != nil {
		return err
	}
	// A base may have to be built first; the images without one need not wait, nor
	// those on the one that is used most for another.
	slices.SortStableFunc(specs, func(a, b imageSpec) int { return cmp.Compare(bases[a.base()], bases[b.base()]) })
	build := builder{artifacts: m.artifacts, blobs: m.blobs, bases: map[string]*layer{}}
	var problems []error
	for _, spec := range specs {
		if err := ctx.Err(); err != nil {
			return err
		}
		start := time.Now()
		if base := spec.base(); base != "" && build.bases[base] == nil {
			if build.bases[base], err = m.baseLayer(ctx, base, progress); err != nil {
				return fmt.Errorf("preparing the base of image %s: %w", spec.Ref, err)
			}
		}
		img, err := build.image(spec)
		if err == nil {
			err = m.catalog.add(spec.Ref, img)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("image %s: %w", spec.Ref, err))
			continue
		}
		progress(fmt.Sprintf("image %s %s (%.1f s)", spec.Ref, img.state(), time.Since(start).Seconds()))
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	m.catalog.keepOnly(specs)
	return m.blobs.prune(m.catalog.holds)
}

func (m *Mirror) baseLayer(ctx context.Context, name string, progress func(string)) (*layer, error) {
	if m.Base == nil {
		return nil, errors.New("no base file system is configured")
	}
	dir, err := m.Base(ctx, name, progress)
	if err != nil {
		return nil, err
	}
	return m.blobs.putLayer(treeTar(dir))
}

func (m *Mirror) ready(w http.ResponseWriter, _ *http.Request) {
	m.mu.RLock()
	err := m.state
	m.mu.RUnlock()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

func (m *Mirror) index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, "Artifact mirror of the local cloud.\n\nfiles   /files/<host>/<path>\nimages  /v2/ (registry protocol, repository path without host)\n\n")
	for _, line := range m.catalog.list() {
		fmt.Fprintln(w, line)
	}
}
