package mirror

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// catalog is what the registry can answer. Images are addressed by repository
// path without the host: containerd asks a mirror for /v2/<path>/... and names
// the host only in the query.
type catalog struct {
	mu    sync.RWMutex
	repos map[string]*repository
}

type repository struct {
	host string
	tags map[string]tagged
}

type tagged struct {
	ref string
	*ociImage
}

func newCatalog() *catalog { return &catalog{repos: map[string]*repository{}} }

// add makes img answer to ref, instead of what did before.
func (c *catalog) add(ref string, img *ociImage) error {
	tag, err := name.NewTag(ref, name.StrictValidation)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	path, host := tag.RepositoryStr(), tag.RegistryStr()
	repo := c.repos[path]
	if repo == nil {
		repo = &repository{host: host, tags: map[string]tagged{}}
		c.repos[path] = repo
	}
	if repo.host != host {
		return fmt.Errorf("repository path %s is already taken by an image of %s", path, repo.host)
	}
	repo.tags[tag.TagStr()] = tagged{ref: ref, ociImage: img}
	return nil
}

// keepOnly forgets images that are no longer in the list.
func (c *catalog) keepOnly(specs []imageSpec) {
	wanted := map[string]bool{}
	for _, s := range specs {
		wanted[s.Ref] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, repo := range c.repos {
		maps.DeleteFunc(repo.tags, func(_ string, t tagged) bool { return !wanted[t.ref] })
		if len(repo.tags) == 0 {
			delete(c.repos, path)
		}
	}
}

// manifest finds a manifest by tag or digest.
func (c *catalog) manifest(path, reference string) (blob, types.MediaType, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	repo := c.repos[path]
	if repo == nil {
		return blob{}, "", false
	}
	if t, ok := repo.tags[reference]; ok {
		return t.manifest, t.mediaType, true
	}
	for _, t := range repo.tags {
		for hash, mediaType := range t.manifests {
			if hash.String() == reference {
				b, ok := t.blob(hash)
				return b, mediaType, ok
			}
		}
	}
	return blob{}, "", false
}

// blob finds a blob of any image of the repository.
func (c *catalog) blob(path string, hash v1.Hash) (blob, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if repo := c.repos[path]; repo != nil {
		for _, t := range repo.tags {
			if b, ok := t.blob(hash); ok {
				return b, true
			}
		}
	}
	return blob{}, false
}

// holds says whether any image needs the blob.
func (c *catalog) holds(hash v1.Hash) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, repo := range c.repos {
		for _, t := range repo.tags {
			if _, ok := t.blob(hash); ok {
				return true
			}
		}
	}
	return false
}

// list returns one line per image, sorted.
func (c *catalog) list() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var lines []string
	for _, repo := range c.repos {
		for _, t := range repo.tags {
			lines = append(lines, strings.Join([]string{t.ref, t.manifest.hash.String()}, " "))
		}
	}
	slices.Sort(lines)
	return lines
}

func (i *ociImage) blob(hash v1.Hash) (blob, bool) {
	at := slices.IndexFunc(i.blobs, func(b blob) bool { return b.hash == hash })
	if at < 0 {
		return blob{}, false
	}
	return i.blobs[at], true
}
