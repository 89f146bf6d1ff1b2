package mirror

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

const (
	pauseRef   = "registry.k8s.io/pause:3.10.2"
	corednsRef = "registry.k8s.io/coredns/coredns:v1.14.2"
	busyboxRef = "docker.io/library/busybox:1.37"
)

// artifacts returns a folder as `make tools` leaves it, in miniature.
func artifacts(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "bin/pause"), "pause program")
	writeFile(t, filepath.Join(dir, "bin/coredns"), "coredns program")
	writeFile(t, filepath.Join(dir, "files/dl.k8s.io/v1.36.3/bin/linux/amd64/kubeadm"), "0123456789")
	writeSpecs(t, dir,
		imageSpec{Ref: pauseRef, Entrypoint: []string{"/pause"}, Files: map[string]string{"/pause": "bin/pause"}},
		imageSpec{Ref: corednsRef, Entrypoint: []string{"/coredns"}, Files: map[string]string{"/coredns": "bin/coredns"}},
		imageSpec{Ref: busyboxRef, Base: true, Entrypoint: []string{"/bin/sh"}},
	)
	return dir
}

func writeSpecs(t *testing.T, dir string, specs ...imageSpec) {
	t.Helper()
	data, err := json.Marshal(specs)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "images.json"), string(data))
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// newMirror returns a mirror with a small base file system.
func newMirror(t *testing.T, artifacts, store string) *Mirror {
	t.Helper()
	base := t.TempDir()
	writeFile(t, filepath.Join(base, "bin/busybox"), "busybox program")
	writeFile(t, filepath.Join(base, "var/log/apt/history.log"), "differs from build to build")
	if err := os.Symlink("busybox", filepath.Join(base, "bin/sh")); err != nil {
		t.Fatal(err)
	}
	m := New(artifacts, store)
	m.Base = func(context.Context, string, func(string)) (string, error) { return base, nil }
	return m
}

func load(t *testing.T, m *Mirror) (progress []string) {
	t.Helper()
	if err := m.Load(t.Context(), func(line string) { progress = append(progress, line) }); err != nil {
		t.Fatalf("loading: %v", err)
	}
	return progress
}

func serve(t *testing.T, m *Mirror) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return server
}

// pull fetches ref from the server the way containerd would: by repository
// path, without the upstream host.
func pull(t *testing.T, server *httptest.Server, ref string) v1.Image {
	t.Helper()
	img, err := remote.Image(mirrored(t, server, ref))
	if err != nil {
		t.Fatalf("pulling %s: %v", ref, err)
	}
	// Fast, because the full check insists on gzip; reading verifies digests anyway.
	if err := validate.Image(img, validate.Fast); err != nil {
		t.Errorf("image %s is not valid: %v", ref, err)
	}
	return img
}

func mirrored(t *testing.T, server *httptest.Server, ref string) name.Reference {
	t.Helper()
	_, path, _ := strings.Cut(ref, "/")
	parsed, err := name.ParseReference(strings.TrimPrefix(server.URL, "http://")+"/"+path, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func digest(t *testing.T, img v1.Image) string {
	t.Helper()
	d, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d.String()
}

func get(t *testing.T, url string, header http.Header) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestPull(t *testing.T) {
	m := newMirror(t, artifacts(t), t.TempDir())
	load(t, m)
	server := serve(t, m)
	for ref, want := range map[string]struct{ entrypoint, file, content string }{
		pauseRef:   {"/pause", "pause", "pause program"},
		corednsRef: {"/coredns", "coredns", "coredns program"},
		busyboxRef: {"/bin/sh", "bin/busybox", "busybox program"},
	} {
		img := pull(t, server, ref)
		config, err := img.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(config.Config.Entrypoint, []string{want.entrypoint}) {
			t.Errorf("%s: entrypoint is %v, want %s", ref, config.Config.Entrypoint, want.entrypoint)
		}
		if got := contentOf(t, img)[want.file]; got != want.content {
			t.Errorf("%s: %s holds %q, want %q", ref, want.file, got, want.content)
		}
	}
}

func TestPullByDigest(t *testing.T) {
	m := newMirror(t, artifacts(t), t.TempDir())
	load(t, m)
	server := serve(t, m)
	want := digest(t, pull(t, server, pauseRef))
	if got := digest(t, pull(t, server, "registry.k8s.io/pause@"+want)); got != want {
		t.Errorf("digest is %s, want %s", got, want)
	}
}

func TestBaseLeavesOutVolatileFolders(t *testing.T) {
	m := newMirror(t, artifacts(t), t.TempDir())
	load(t, m)
	for file := range contentOf(t, pull(t, serve(t, m), busyboxRef)) {
		if strings.HasPrefix(file, "var/log/") {
			t.Errorf("image holds %s", file)
		}
	}
}

// TestDigestsSurviveRestartAndRebuild pins that neither a second start nor a
// rebuild with equal results changes what nodes would pull.
func TestDigestsSurviveRestartAndRebuild(t *testing.T) {
	dir, store := artifacts(t), t.TempDir()
	first := newMirror(t, dir, store)
	if lines := load(t, first); !strings.Contains(lines[0], "stored") {
		t.Errorf("first load says %q, want it stored", lines[0])
	}
	want := digest(t, pull(t, serve(t, first), pauseRef))

	writeFile(t, filepath.Join(dir, "bin/pause"), "pause program") // a rebuild: new time, same bytes
	second := newMirror(t, dir, store)
	if lines := load(t, second); !strings.Contains(lines[0], "unchanged") {
		t.Errorf("second load says %q, want it unchanged", lines[0])
	}
	if got := digest(t, pull(t, serve(t, second), pauseRef)); got != want {
		t.Errorf("digest is %s after a restart, was %s", got, want)
	}
	other := newMirror(t, artifacts(t), t.TempDir())
	load(t, other)
	if got := digest(t, pull(t, serve(t, other), pauseRef)); got != want {
		t.Errorf("digest is %s on another machine, was %s", got, want)
	}
}

func TestChangedBinaryReplacesImageAndFreesTheOld(t *testing.T) {
	dir, store := artifacts(t), t.TempDir()
	m := newMirror(t, dir, store)
	load(t, m)
	server := serve(t, m)
	before := digest(t, pull(t, server, pauseRef))
	blobs := countBlobs(t, store)

	writeFile(t, filepath.Join(dir, "bin/pause"), "pause program, next version")
	load(t, m)
	if after := digest(t, pull(t, server, pauseRef)); after == before {
		t.Error("the digest did not change with the binary")
	}
	if got := countBlobs(t, store); got != blobs {
		t.Errorf("the store holds %d blobs, want %d: the old image stayed", got, blobs)
	}
}

func countBlobs(t *testing.T, store string) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(store, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestMissingBinaryNamesImageFileAndRemedy(t *testing.T) {
	dir := artifacts(t)
	missing := filepath.Join(dir, "bin/coredns")
	if err := os.Remove(missing); err != nil {
		t.Fatal(err)
	}
	m := newMirror(t, dir, t.TempDir())
	err := m.Load(t.Context(), func(string) {})
	want := "image " + corednsRef + ": " + missing + " is missing: run `make tools`"
	if err == nil || err.Error() != want {
		t.Fatalf("error is %v, want %s", err, want)
	}
	server := serve(t, m)
	pull(t, server, pauseRef) // the others are served all the same
	if status, body := get(t, server.URL+"/readyz", nil); status != http.StatusServiceUnavailable || !strings.Contains(body, corednsRef) {
		t.Errorf("/readyz answers %d %q, want 503 with the image", status, body)
	}
}

// A node that boots while the mirror loads must not be told that there is no image.
func TestPullWaitsForLoad(t *testing.T) {
	m := newMirror(t, artifacts(t), t.TempDir())
	base := m.Base
	started, finish := make(chan struct{}), make(chan struct{})
	m.Base = func(ctx context.Context, name string, progress func(string)) (string, error) {
		close(started)
		<-finish
		return base(ctx, name, progress)
	}
	loaded := make(chan error, 1)
	go func() { loaded <- m.Load(t.Context(), func(string) {}) }()
	server := serve(t, m)
	<-started
	pull(t, server, corednsRef) // needs no base, so it is there before
	pulled := make(chan error, 1)
	go func() {
		_, err := remote.Image(mirrored(t, server, busyboxRef))
		pulled <- err
	}()
	select {
	case err := <-pulled:
		t.Errorf("the pull ended before the image was there: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(finish)
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	if err := <-pulled; err != nil {
		t.Errorf("pulling while loading: %v", err)
	}
}

func TestLoadErrors(t *testing.T) {
	tests := map[string]struct {
		specs []imageSpec
		want  string
	}{
		"two hosts with one path": {
			specs: []imageSpec{{Ref: "quay.io/etcd:1"}, {Ref: "registry.k8s.io/etcd:1"}},
			want:  "image registry.k8s.io/etcd:1: repository path etcd is already taken by an image of quay.io",
		},
		"no tag": {
			specs: []imageSpec{{Ref: "registry.k8s.io/etcd"}},
			want:  "image registry.k8s.io/etcd: tag must be between 1 and 128 characters in length: ",
		},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			dir := t.TempDir()
			writeSpecs(t, dir, test.specs...)
			err := New(dir, t.TempDir()).Load(t.Context(), func(string) {})
			if err == nil || err.Error() != test.want {
				t.Errorf("error is %v, want %s", err, test.want)
			}
		})
	}
}

func TestNoArtifactsYet(t *testing.T) {
	dir := t.TempDir()
	err := New(dir, t.TempDir()).Load(t.Context(), func(string) {})
	if want := filepath.Join(dir, "images.json") + " is missing: run `make tools`"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func contentOf(t *testing.T, img v1.Image) map[string]string {
	t.Helper()
	stream := mutate.Extract(img)
	defer stream.Close()
	return untar(t, stream)
}
