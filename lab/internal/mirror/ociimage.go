package mirror

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// imageSpec is one entry of artifacts/images.json. Paths are relative to the
// artifacts folder.
type imageSpec struct {
	// Ref is the upstream reference, e.g. registry.k8s.io/pause:3.10.2.
	Ref string `json:"ref"`
	// Base puts the small Debian under the files.
	Base bool `json:"base"`
	// On puts another base under the files, e.g. CephBase. Optional.
	On string `json:"on"`
	// Entrypoint of the image. Optional.
	Entrypoint []string `json:"entrypoint"`
	// Files maps a path in the image to a compiled file, or one with a trailing
	// slash to a folder.
	Files map[string]string `json:"files"`
	// Layout is a downloaded OCI image layout that is served as it is, instead
	// of an image assembled from Files.
	Layout string `json:"layout"`
}

// ociImage is one image, or one multi-platform index, as the registry serves it.
type ociImage struct {
	manifest  blob
	mediaType types.MediaType
	manifests map[v1.Hash]types.MediaType // manifest and, for an index, its children
	blobs     []blob
	written   bool
}

func (i *ociImage) state() string {
	if i.written {
		return "stored"
	}
	return "unchanged"
}

func readSpecs(artifacts string) ([]imageSpec, error) {
	file := filepath.Join(artifacts, "images.json")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing: run `make tools`", file)
	} else if err != nil {
		return nil, err
	}
	var specs []imageSpec
	if err := json.Unmarshal(data, &specs); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return specs, nil
}

// base is the name of what is under the files, "" for nothing.
func (s imageSpec) base() string {
	if s.Base {
		return DebianBase
	}
	return s.On
}

// builder assembles images; a base is there before the first image that needs it.
type builder struct {
	artifacts string
	blobs     blobStore
	bases     map[string]*layer
}

func (b *builder) image(spec imageSpec) (*ociImage, error) {
	if spec.Layout != "" {
		return readLayout(filepath.Join(b.artifacts, spec.Layout))
	}
	var layers []*layer
	if base := spec.base(); base != "" {
		layers = append(layers, b.bases[base])
	}
	if len(spec.Files) > 0 {
		sources, err := spec.sources(b.artifacts)
		if err != nil {
			return nil, err
		}
		files, err := b.blobs.putLayer(filesTar(sources))
		if err != nil {
			return nil, err
		}
		layers = append(layers, files)
	}
	return b.assemble(spec.Entrypoint, layers)
}

// sources are the image's own files by their paths in it, folders unfolded.
func (s imageSpec) sources(artifacts string) (map[string]string, error) {
	sources := map[string]string{}
	for dst, src := range s.Files {
		if !strings.HasSuffix(dst, "/") {
			sources[dst] = filepath.Join(artifacts, src)
			continue
		}
		folder := os.DirFS(filepath.Join(artifacts, src))
		err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			sources[dst+name] = filepath.Join(artifacts, src, name)
			return nil
		})
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is missing: run `make tools`", filepath.Join(artifacts, src))
		} else if err != nil {
			return nil, err
		}
	}
	return sources, nil
}

// assemble writes config and manifest. Nothing in them depends on the time or
// the machine, so the digest changes only when a layer or the spec does.
func (b *builder) assemble(entrypoint []string, layers []*layer) (*ociImage, error) {
	config := v1.ConfigFile{
		OS: "linux", Architecture: "amd64",
		Config: v1.Config{
			Env:        []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
			Entrypoint: entrypoint,
		},
		RootFS: v1.RootFS{Type: "layers"},
	}
	manifest := v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1}
	img := &ociImage{mediaType: manifest.MediaType}
	for _, l := range layers {
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, l.hash) // uncompressed: digest and diff id are one
		manifest.Layers = append(manifest.Layers, v1.Descriptor{MediaType: types.OCIUncompressedLayer, Digest: l.hash, Size: l.size})
		img.blobs = append(img.blobs, l.blob)
		img.written = img.written || l.written
	}
	configBlob, err := b.putJSON(config)
	if err != nil {
		return nil, err
	}
	manifest.Config = v1.Descriptor{MediaType: types.OCIConfigJSON, Digest: configBlob.hash, Size: configBlob.size}
	if img.manifest, err = b.putJSON(manifest); err != nil {
		return nil, err
	}
	img.blobs = append(img.blobs, configBlob, img.manifest)
	img.manifests = map[v1.Hash]types.MediaType{img.manifest.hash: img.mediaType}
	return img, nil
}

func (b *builder) putJSON(v any) (blob, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return blob{}, err
	}
	return b.blobs.putBytes(data)
}
