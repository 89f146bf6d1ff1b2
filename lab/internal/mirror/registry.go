package mirror

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// registry answers the pull half of the OCI distribution protocol. Being
// read-only keeps nodes from changing what other nodes get.
type registry struct {
	catalog *catalog
	loaded  <-chan struct{}
}

// loadingLimit is how long a pull waits for an image while a new mirror loads:
// a 404 would send containerd to the upstream registry instead.
const loadingLimit = 3 * time.Minute

func (s registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Docker-Distribution-API-Version", "registry/2.0")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		registryError(w, http.StatusMethodNotAllowed, "UNSUPPORTED", "this registry is read-only")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/v2/")
	if path == "" {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
		return
	}
	// A repository name contains slashes, so split from the right.
	if repo, ref, ok := cutLast(path, "/manifests/"); ok {
		s.manifest(w, r, repo, ref)
	} else if repo, digest, ok := cutLast(path, "/blobs/"); ok {
		s.blob(w, r, repo, digest)
	} else {
		registryError(w, http.StatusNotFound, "UNSUPPORTED", "only manifests and blobs are served")
	}
}

func (s registry) manifest(w http.ResponseWriter, r *http.Request, repo, ref string) {
	b, mediaType, ok := s.catalog.manifest(repo, ref)
	if !ok {
		select {
		case <-s.loaded:
		case <-r.Context().Done():
		case <-time.After(loadingLimit):
		}
		b, mediaType, ok = s.catalog.manifest(repo, ref)
	}
	if !ok {
		registryError(w, http.StatusNotFound, "MANIFEST_UNKNOWN", fmt.Sprintf("no image %s with tag or digest %s", repo, ref))
		return
	}
	serveBlob(w, r, b, string(mediaType))
}

func (s registry) blob(w http.ResponseWriter, r *http.Request, repo, digest string) {
	hash, err := v1.NewHash(digest)
	if err != nil {
		registryError(w, http.StatusBadRequest, "DIGEST_INVALID", err.Error())
		return
	}
	b, ok := s.catalog.blob(repo, hash)
	if !ok {
		registryError(w, http.StatusNotFound, "BLOB_UNKNOWN", fmt.Sprintf("no blob %s in %s", digest, repo))
		return
	}
	serveBlob(w, r, b, "application/octet-stream")
}

func serveBlob(w http.ResponseWriter, r *http.Request, b blob, mediaType string) {
	f, err := os.Open(b.path)
	if err != nil {
		registryError(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Docker-Content-Digest", b.hash.String())
	w.Header().Set("ETag", `"`+b.hash.String()+`"`)
	http.ServeContent(w, r, "", time.Time{}, f) // ranges, so that a cut pull resumes
}

func registryError(w http.ResponseWriter, status int, code, message string) {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string][]problem{"errors": {{code, message}}})
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
