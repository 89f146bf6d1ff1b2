package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"slipway/lab/internal/cloud"
	"slipway/lab/internal/host"
	"slipway/lab/internal/image"
	"slipway/lab/internal/mirror"
)

// Images are the layers of the lab's two images, topmost first.
type Images struct {
	Cloud []string `json:"cloud"`
	Node  []string `json:"node"`
}

// imagesFile remembers which images the lab stands on. What a machine has
// written only fits to the image it was written on.
func (l Lab) imagesFile() string { return filepath.Join(l.Paths.Lab, "images.json") }

// images returns the images that the lab stands on: for as long as it exists
// those it began with, else the latest, built when they are missing.
func (l Lab) images(ctx context.Context) (Images, error) {
	recorded, err := l.recordedImages()
	if err != nil {
		return Images{}, err
	}
	latest, err := l.latest()
	if err != nil {
		return Images{}, err
	}
	if recorded != nil && recorded.complete() {
		if !recorded.equal(latest) {
			l.Progress("note: the images have changed since this lab was made; `lab down --purge` makes way for a new one")
		}
		return *recorded, nil
	}
	if recorded != nil {
		if err := l.stage("the lab's images are gone from the cache: starting with an empty cloud", func() error {
			return errors.Join(l.stop(ctx), l.removeState())
		}); err != nil {
			return Images{}, err
		}
	}
	if err := l.Build(ctx); err != nil {
		return Images{}, err
	}
	if err := l.record(latest); err != nil {
		return Images{}, err
	}
	return latest, image.Prune(l.Paths.Images(), slices.Concat(latest.Cloud, latest.Node, mirror.BasePaths(l.Paths.Images())))
}

func (l Lab) recordedImages() (*Images, error) {
	text, err := os.ReadFile(l.imagesFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var recorded Images
	if err := json.Unmarshal(text, &recorded); err != nil {
		return nil, fmt.Errorf("reading %s: %w", l.imagesFile(), err)
	}
	return &recorded, nil
}

func (l Lab) record(images Images) error {
	text, err := json.MarshalIndent(images, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(l.imagesFile(), append(text, '\n'))
}

// latest are the images that today's recipes make, built or not.
func (l Lab) latest() (Images, error) {
	recipe, err := cloud.Recipe()
	if err != nil {
		return Images{}, err
	}
	return Images{Cloud: recipe.Paths(l.Paths.Images()), Node: image.Node().Paths(l.Paths.Images())}, nil
}

// Build builds the latest images as far as they are missing, both at a time. On
// a new machine it is the first to need the lab's tools.
func (l Lab) Build(ctx context.Context) error {
	if err := host.InstallTools(ctx, l.Progress); err != nil {
		return err
	}
	recipe, err := cloud.Recipe()
	if err != nil {
		return err
	}
	var mu sync.Mutex
	progress := func(line string) {
		mu.Lock()
		defer mu.Unlock()
		l.Progress(line)
	}
	both, ctx := errgroup.WithContext(ctx)
	for _, r := range []image.Recipe{recipe, image.Node()} {
		both.Go(func() error {
			_, err := image.Layers(ctx, r, l.Paths.Images(), progress)
			return err
		})
	}
	return both.Wait()
}

func (i Images) complete() bool {
	return !slices.ContainsFunc(slices.Concat(i.Cloud, i.Node), func(dir string) bool {
		_, err := os.Stat(dir)
		return err != nil
	})
}

func (i Images) equal(other Images) bool {
	return slices.Equal(i.Cloud, other.Cloud) && slices.Equal(i.Node, other.Node)
}
