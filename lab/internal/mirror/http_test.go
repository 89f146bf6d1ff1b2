package mirror

import (
	"archive/tar"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

const kubeadmPath = "/files/dl.k8s.io/v1.36.3/bin/linux/amd64/kubeadm"

func TestFiles(t *testing.T) {
	server := serve(t, New(artifacts(t), t.TempDir())) // files need no Load
	if status, body := get(t, server.URL+kubeadmPath, nil); status != http.StatusOK || body != "0123456789" {
		t.Errorf("answer is %d %q", status, body)
	}
	header := http.Header{"Range": {"bytes=4-"}}
	if status, body := get(t, server.URL+kubeadmPath, header); status != http.StatusPartialContent || body != "456789" {
		t.Errorf("answer to a range is %d %q", status, body)
	}
	if status, _ := get(t, server.URL+"/files/dl.k8s.io/no-such-file", nil); status != http.StatusNotFound {
		t.Errorf("answer for an absent file is %d", status)
	}
}

func TestFilesMayLinkIntoArtifactsOnly(t *testing.T) {
	dir := artifacts(t)
	outside := filepath.Join(t.TempDir(), "secret")
	writeFile(t, outside, "secret")
	links := map[string]string{"compiled": "../bin/pause", "absolute": outside, "relative": "../../../../../../../../" + outside}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, "files", name)); err != nil {
			t.Fatal(err)
		}
	}
	server := serve(t, New(dir, t.TempDir()))
	if status, body := get(t, server.URL+"/files/compiled", nil); status != http.StatusOK || body != "pause program" {
		t.Errorf("answer for a link into bin/ is %d %q", status, body)
	}
	for _, path := range []string{"/files/absolute", "/files/relative", "/files/../images.json", "/files/%2e%2e/images.json", "/files/..%2fimages.json"} {
		if status, body := get(t, server.URL+path, nil); status == http.StatusOK {
			t.Errorf("%s leaves the folder: answer is %d %q", path, status, body)
		}
	}
}

func TestRegistryRefuses(t *testing.T) {
	m := newMirror(t, artifacts(t), t.TempDir())
	load(t, m)
	server := serve(t, m)
	ref := mirrored(t, server, "registry.k8s.io/pause:mine")
	if err := remote.Write(ref, empty.Image); err == nil {
		t.Error("a push was accepted")
	}
	for path, want := range map[string]int{
		"/v2/":                          http.StatusOK,
		"/v2/pause/manifests/3.10.2":    http.StatusOK,
		"/v2/pause/manifests/9":         http.StatusNotFound,
		"/v2/etcd/manifests/1":          http.StatusNotFound,
		"/v2/pause/blobs/sha256:abc":    http.StatusBadRequest,
		"/v2/pause/blobs/" + absentBlob: http.StatusNotFound,
		"/v2/pause/tags/list":           http.StatusNotFound,
	} {
		if status, body := get(t, server.URL+path, nil); status != want {
			t.Errorf("%s answers %d %q, want %d", path, status, body, want)
		}
	}
}

const absentBlob = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

// TestDownloadedLayout serves what was downloaded, digest unchanged, also when
// only one platform of an index was fetched.
func TestDownloadedLayout(t *testing.T) {
	dir := t.TempDir()
	one, err := random.Image(1024, 2)
	if err != nil {
		t.Fatal(err)
	}
	other, err := random.Image(1024, 1)
	if err != nil {
		t.Fatal(err)
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: one}, mutate.IndexAddendum{Add: other})
	path, err := layout.Write(filepath.Join(dir, "oci/pause"), empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	if err := path.AppendIndex(index); err != nil {
		t.Fatal(err)
	}
	skipped, err := other.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if err := path.RemoveBlob(skipped); err != nil {
		t.Fatal(err)
	}
	writeSpecs(t, dir, imageSpec{Ref: pauseRef, Layout: "oci/pause"})
	m := New(dir, t.TempDir())
	load(t, m)
	server := serve(t, m)

	got, err := remote.Index(mirrored(t, server, pauseRef))
	if err != nil {
		t.Fatal(err)
	}
	wantDigest, _ := index.Digest()
	if gotDigest, err := got.Digest(); err != nil || gotDigest != wantDigest {
		t.Errorf("index digest is %v (%v), want %v", gotDigest, err, wantDigest)
	}
	pull(t, server, "registry.k8s.io/pause@"+digest(t, one))
}

func untar(t *testing.T, stream io.Reader) map[string]string {
	t.Helper()
	contents := map[string]string{}
	for tr := tar.NewReader(stream); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return contents
		} else if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		contents[h.Name] = string(data)
	}
}
