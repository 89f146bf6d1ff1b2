package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// site is a server on loopback that stands for all of upstream.
type site struct {
	upstream
	mu       sync.Mutex
	files    map[string][]byte // <host>/<path>
	cut      map[string]int    // path: bytes to send before the connection breaks, once
	requests []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{files: map[string][]byte{}, cut: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	s.base = server.URL
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/")
	s.requests = append(s.requests, r.Method+" "+path+" "+r.Header.Get("Range"))
	content, ok := s.files[path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	from := 0
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
		if from >= len(content) {
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(content)-from))
		w.WriteHeader(http.StatusPartialContent)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(content)-from))
	if n, cut := s.cut[path]; cut && r.Method == http.MethodGet {
		delete(s.cut, path)
		_, _ = w.Write(content[from:n])
		_ = http.NewResponseController(w).Flush() // else the client sees no answer and asks again
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(content[from:])
}

const (
	fileKey     = "dl.k8s.io/v1/kubeadm"
	checksumKey = fileKey + ".sha256"
)

func (s *site) fetch(t *testing.T, folder string) error {
	t.Helper()
	return s.download(t.Context(), fileKey, checksumKey, folder)
}

func TestDownloadVerifiesAndDoesNotRepeat(t *testing.T) {
	s, folder := newSite(t), t.TempDir()
	s.files[fileKey] = []byte("content")
	s.files[checksumKey] = []byte(sumOf([]byte("content")) + "\n")
	for range 2 {
		if err := s.fetch(t, folder); err != nil {
			t.Fatal(err)
		}
	}
	if content, err := os.ReadFile(filepath.Join(folder, fileKey)); err != nil || string(content) != "content" {
		t.Errorf("got %q, %v", content, err)
	}
	if _, err := os.Stat(filepath.Join(folder, checksumKey)); err != nil {
		t.Error(err)
	}
	if n := strings.Count(strings.Join(s.requests, "\n"), "GET "+fileKey+" "); n != 1 {
		t.Errorf("the file was fetched %d times: %q", n, s.requests)
	}
}

func TestDownloadRefusesWrongContent(t *testing.T) {
	s, folder := newSite(t), t.TempDir()
	s.files[fileKey] = []byte("corrupt")
	s.files[checksumKey] = []byte(sumOf([]byte("content")))
	err := s.fetch(t, folder)
	if err == nil || !strings.Contains(err.Error(), sumOf([]byte("content"))) || !strings.Contains(err.Error(), "kubeadm") {
		t.Errorf("got %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(folder, fileKey) + "*")
	if len(left) != 0 {
		t.Errorf("it left %q", left)
	}
	s.files[fileKey] = []byte("content")
	if err := s.fetch(t, folder); err != nil {
		t.Errorf("after upstream mended the file: %v", err)
	}
}

func TestDownloadSaysWhatIsMissing(t *testing.T) {
	s := newSite(t)
	if err := s.fetch(t, t.TempDir()); err == nil || !strings.Contains(err.Error(), "checksum of kubeadm") || !strings.Contains(err.Error(), "404") {
		t.Errorf("no checksum: %v", err)
	}
	s.files[checksumKey] = []byte("no checksum at all")
	if err := s.fetch(t, t.TempDir()); err == nil || !strings.Contains(err.Error(), "no SHA-256 of kubeadm") {
		t.Errorf("not a checksum: %v", err)
	}
	s.files[checksumKey] = []byte(sumOf(nil))
	if err := s.fetch(t, t.TempDir()); err == nil || !strings.Contains(err.Error(), "downloading kubeadm") || !strings.Contains(err.Error(), "404") {
		t.Errorf("no file: %v", err)
	}
}

func TestDownloadContinuesAfterACut(t *testing.T) {
	s, folder := newSite(t), t.TempDir()
	content := []byte(strings.Repeat("0123456789", 1000))
	s.files[fileKey] = content
	s.files[checksumKey] = []byte(sumOf(content))
	s.cut[fileKey] = 4000
	if err := s.fetch(t, folder); err == nil {
		t.Fatal("a cut connection passed")
	}
	if err := s.fetch(t, folder); err != nil {
		t.Fatal(err)
	}
	if last := s.requests[len(s.requests)-1]; !strings.HasSuffix(last, "bytes=4000-") {
		t.Errorf("the rerun asked for %q", last)
	}
	if got, err := os.ReadFile(filepath.Join(folder, fileKey)); err != nil || string(got) != string(content) {
		t.Errorf("the file is not whole: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, fileKey+".part")); err == nil {
		t.Error("the partial file is still there")
	}
}

func TestChecksum(t *testing.T) {
	sum := sumOf([]byte("x"))
	for name, published := range map[string]string{
		"bare":             sum,
		"bare, newline":    sum + "\n",
		"sha256sum":        sum + "  runc.amd64\n",
		"binary mode":      sum + " *runc.amd64\n",
		"one among others": sumOf(nil) + "  runc.arm64\n" + sum + "  runc.amd64\n",
	} {
		if got, err := checksum(published, "runc.amd64"); err != nil || got != sum {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for _, published := range []string{"", sum + "  other\n", sum[:10], strings.Repeat("zz", 32)} {
		if got, err := checksum(published, "runc.amd64"); err == nil {
			t.Errorf("%q: got %q", published, got)
		}
	}
}

// addImage publishes an image for this architecture and another one under a tag.
func (s *site) addImage(t *testing.T, repository, tag string, layer []byte) string {
	t.Helper()
	put := func(kind string, content []byte) map[string]any {
		s.files[repository+"/"+kind+"/sha256:"+sumOf(content)] = content
		return map[string]any{"digest": "sha256:" + sumOf(content), "size": len(content), "mediaType": "application/octet-stream"}
	}
	config := put("blobs", []byte(`{"os":"linux"}`))
	image, err := json.Marshal(map[string]any{"schemaVersion": 2, "config": config, "layers": []any{put("blobs", layer)}})
	if err != nil {
		t.Fatal(err)
	}
	ours := put("manifests", image)
	ours["platform"] = map[string]string{"os": "linux", "architecture": runtime.GOARCH}
	other := map[string]any{"digest": "sha256:" + sumOf(nil), "platform": map[string]string{"os": "linux", "architecture": "s390x"}}
	index, err := json.Marshal(map[string]any{"schemaVersion": 2, "manifests": []any{other, ours}})
	if err != nil {
		t.Fatal(err)
	}
	s.files[repository+"/manifests/"+tag] = index
	return "sha256:" + sumOf(image)
}

func TestPull(t *testing.T) {
	s, layout := newSite(t), t.TempDir()
	want := s.addImage(t, "registry.k8s.io/v2/pause", "3.10", []byte("layer"))
	for range 2 {
		digest, err := s.pull(t.Context(), "registry.k8s.io/pause:3.10", layout)
		if err != nil || digest != want {
			t.Fatalf("got %q, %v; want %q", digest, err, want)
		}
	}
	var index struct{ Manifests []descriptor }
	content, err := os.ReadFile(filepath.Join(layout, "index.json"))
	if err != nil || json.Unmarshal(content, &index) != nil || len(index.Manifests) != 1 || index.Manifests[0].Digest != want {
		t.Errorf("index.json: %s, %v", content, err)
	}
	for _, digest := range []string{want, "sha256:" + sumOf([]byte("layer"))} {
		if sum, err := hash(blobPath(layout, digest)); err != nil || "sha256:"+sum != digest {
			t.Errorf("%s: %s, %v", digest, sum, err)
		}
	}
	if n := strings.Count(strings.Join(s.requests, "\n"), "blobs/sha256:"+sumOf([]byte("layer"))); n != 1 {
		t.Errorf("the layer was fetched %d times", n)
	}
}

func TestPullRefusesWrongContent(t *testing.T) {
	s := newSite(t)
	s.addImage(t, "registry.k8s.io/v2/pause", "3.10", []byte("layer"))
	s.files["registry.k8s.io/v2/pause/blobs/sha256:"+sumOf([]byte("layer"))] = []byte("other")
	layout := t.TempDir()
	_, err := s.pull(t.Context(), "registry.k8s.io/pause:3.10", layout)
	if err == nil || !strings.Contains(err.Error(), "registry.k8s.io/pause:3.10") || !strings.Contains(err.Error(), sumOf([]byte("other"))) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(layout, "index.json")); err == nil {
		t.Error("a broken image has an index")
	}
}
