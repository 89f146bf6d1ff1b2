package mirror

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// readLayout catalogues an OCI image layout in place, bytes unchanged, so that
// references pinned by upstream's digest resolve.
func readLayout(dir string) (*ociImage, error) {
	var index v1.IndexManifest
	if err := readJSON(filepath.Join(dir, "index.json"), &index); err != nil {
		return nil, err
	}
	if len(index.Manifests) != 1 {
		return nil, fmt.Errorf("%s holds %d images, want one: run `make tools`", dir, len(index.Manifests))
	}
	root := index.Manifests[0]
	img := &ociImage{mediaType: root.MediaType, manifests: map[v1.Hash]types.MediaType{}}
	walk := layoutWalk{dir: dir, img: img}
	if err := walk.manifest(root); err != nil {
		return nil, err
	}
	img.manifest = walk.blob(root)
	return img, nil
}

type layoutWalk struct {
	dir string
	img *ociImage
}

func (w layoutWalk) blob(d v1.Descriptor) blob {
	return blob{hash: d.Digest, size: d.Size, path: filepath.Join(w.dir, "blobs", d.Digest.Algorithm, d.Digest.Hex)}
}

func (w layoutWalk) manifest(d v1.Descriptor) error {
	b := w.blob(d)
	var content struct {
		Config    v1.Descriptor   `json:"config"`
		Layers    []v1.Descriptor `json:"layers"`
		Manifests []v1.Descriptor `json:"manifests"`
	}
	if err := readJSON(b.path, &content); err != nil {
		return err
	}
	w.img.manifests[d.Digest] = d.MediaType
	w.img.blobs = append(w.img.blobs, b)
	if d.MediaType.IsIndex() {
		return w.platforms(content.Manifests)
	}
	for _, part := range append(content.Layers, content.Config) {
		b := w.blob(part)
		if _, err := os.Stat(b.path); err != nil {
			return fmt.Errorf("%s is missing: run `make tools`", b.path)
		}
		w.img.blobs = append(w.img.blobs, b)
	}
	return nil
}

// platforms follows the children of an index. A download for one platform
// leaves the others out, so an absent manifest is not an error unless all are.
func (w layoutWalk) platforms(children []v1.Descriptor) error {
	found := 0
	for _, child := range children {
		if _, err := os.Stat(w.blob(child).path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := w.manifest(child); err != nil {
			return err
		}
		found++
	}
	if found == 0 {
		return fmt.Errorf("%s holds no platform of its index: run `make tools`", w.dir)
	}
	return nil
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing: run `make tools`", file)
	} else if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	return nil
}
