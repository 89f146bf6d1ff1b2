package bootstrap

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// fileServer serves upstream files by path and keeps a log of what was asked for.
type fileServer struct {
	*httptest.Server
	mu       sync.Mutex
	contents map[string]string
	log      []string
}

func serveFiles(t *testing.T, contents map[string]string) *fileServer {
	t.Helper()
	s := &fileServer{contents: contents}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		content, ok := s.contents[r.URL.Path]
		s.log = append(s.log, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("Range")))
		s.mu.Unlock()
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}))
	t.Cleanup(s.Close)
	return s
}

// asked returns what was asked for since the last call.
func (s *fileServer) asked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := strings.Join(s.log, "\n")
	s.log = nil
	return log
}

func (s *fileServer) set(path, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.contents[path] = content
}

func sum(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

func tarball(t *testing.T, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	pack := tar.NewWriter(zip)
	for name, content := range files {
		if err := pack.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := pack.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := pack.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// installDownloads runs the part of prepare.sh that installs files, for a list of them.
func (s *sandbox) installDownloads(lines ...string) (string, error) {
	s.t.Helper()
	s.write("/etc/slipway/downloads", strings.Join(lines, "\n")+"\n")
	return s.run(". "+ScriptDir+"/step.sh prepare; . "+ScriptDir+"/downloads.sh; install_downloads", "")
}

const kubelet = "the kubelet, a large binary"

func newDownloads(t *testing.T) (*sandbox, *fileServer, []string) {
	s := newSandbox(t)
	s.install(sampleWorker(t))
	plugins := tarball(t, map[string]string{"./bridge": "bridge", "bin/portmap": "portmap"})
	server := serveFiles(t, map[string]string{
		"/kubelet":            kubelet,
		"/kubelet.sha256":     sum(kubelet),
		"/plugins.tgz":        plugins,
		"/plugins.tgz.sha256": sum("other") + "  other.tgz\n" + sum(plugins) + "  plugins.tgz\n",
	})
	return s, server, []string{
		fmt.Sprintf("%[1]s/kubelet\t-\t%[1]s/kubelet.sha256\tbinary\t/var/lib/bin/kubelet", server.URL),
		fmt.Sprintf("%[1]s/plugins.tgz\t-\t%[1]s/plugins.tgz.sha256\tarchive\t/var/lib/cni", server.URL),
	}
}

func TestDownloads(t *testing.T) {
	s, server, lines := newDownloads(t)
	if out, err := s.installDownloads(lines...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for path, want := range map[string]string{"/var/lib/bin/kubelet": kubelet, "/var/lib/cni/bridge": "bridge", "/var/lib/cni/bin/portmap": "portmap"} {
		if got := s.read(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	server.asked()

	if out, err := s.installDownloads(lines...); err != nil || server.asked() != "" || strings.Contains(out, "installed") {
		t.Errorf("a second run did something: %v\n%s", err, out)
	}

	s.write("/var/lib/cni/bridge", "damaged")
	if out, err := s.installDownloads(lines...); err != nil || s.read("/var/lib/cni/bridge") != "bridge" {
		t.Errorf("a damaged file was not mended: %v\n%s", err, out)
	}
	if got := server.asked(); strings.Contains(got, "kubelet") {
		t.Errorf("more was fetched than what was damaged:\n%s", got)
	}
}

func TestDownloadsContinueAPart(t *testing.T) {
	s, server, lines := newDownloads(t)
	s.write("/var/cache/slipway/kubelet", kubelet[:10])
	if out, err := s.installDownloads(lines[0]); err != nil || s.read("/var/lib/bin/kubelet") != kubelet {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := server.asked(); !strings.Contains(got, "/kubelet bytes=10-") {
		t.Errorf("the part was not continued:\n%s", got)
	}
}

func TestDownloadsStartOverWhenThePartIsOfAnotherFile(t *testing.T) {
	s, _, lines := newDownloads(t)
	s.write("/var/cache/slipway/kubelet", strings.Repeat("another release ", 9)) // longer than the file
	if out, err := s.installDownloads(lines[0]); err != nil || s.read("/var/lib/bin/kubelet") != kubelet {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDownloadsRefuseAnotherChecksum(t *testing.T) {
	s, server, lines := newDownloads(t)
	server.set("/kubelet", "tampered with")
	out, err := s.installDownloads(lines...)
	want := fmt.Sprintf("slipway: dev-pool-w1: prepare: %s/kubelet has another SHA-256 than %s; look at the mirror, and artifacts.checksums", server.URL, sum(kubelet))
	if err == nil || !strings.Contains(out, want) || !strings.Contains(out, "1 of 2 files could not be installed") {
		t.Errorf("no %q: %v\n%s", want, err, out)
	}
	if s.exists("/var/lib/bin/kubelet") {
		t.Error("the file was installed all the same")
	}
	server.set("/kubelet", kubelet)
	if out, err := s.installDownloads(lines...); err != nil {
		t.Errorf("it does not recover: %v\n%s", err, out)
	}
}

func TestDownloadsSayAtOnceWhatIsMissing(t *testing.T) {
	s, server, lines := newDownloads(t)
	delete(server.contents, "/kubelet")
	out, err := s.installDownloads(lines...)
	if want := "/kubelet: curl: (22) The requested URL returned error: 404"; err == nil || !strings.Contains(out, want) {
		t.Errorf("no %q: %v\n%s", want, err, out)
	}
}
