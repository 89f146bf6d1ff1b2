package artifacts

import (
	"fmt"
	"strings"
	"testing"

	"slipway/internal/golden"
	"slipway/internal/versions"
)

// TestList keeps what a cluster needs reviewable: an air gap has to mirror
// exactly this.
func TestList(t *testing.T) {
	var text strings.Builder
	for _, f := range Files(versions.Kubernetes, "amd64") {
		fmt.Fprintf(&text, "%s %s -> %s\n  checksum %s\n", f.Kind, f.Key, f.Dest, f.ChecksumKey)
	}
	for _, role := range []Role{ControlPlane, Worker, Etcd} {
		fmt.Fprintf(&text, "images of role %s:\n  %s\n", role, strings.Join(Images(versions.Kubernetes, Flannel, role), "\n  "))
	}
	for _, cni := range []CNI{Cilium, Calico} {
		fmt.Fprintf(&text, "images of role %s with %s:\n  %s\n", Worker, cni, strings.Join(Images(versions.Kubernetes, cni, Worker), "\n  "))
	}
	text.WriteString("files of role etcd:\n")
	for _, f := range FilesOf(Etcd, versions.Kubernetes, "amd64") {
		fmt.Fprintf(&text, "  %s\n", f.Dest)
	}
	golden.Assert(t, "list.txt", text.String())
}

func TestSource(t *testing.T) {
	const key = "dl.k8s.io/v1/kubectl"
	file := File{Key: key, ChecksumKey: key + ".sha256", Kind: Binary, Dest: BinDir + "/kubectl"}
	sum := strings.Repeat("AB", 32)
	for name, test := range map[string]struct {
		source                  Source
		url, checksum, checkURL string
	}{
		"upstream": {Source{}, "https://" + key, "", "https://" + key + ".sha256"},
		"mirror":   {Source{Files: "http://10.0.0.1:8080/files/"}, "http://10.0.0.1:8080/files/" + key, "", "http://10.0.0.1:8080/files/" + key + ".sha256"},
		"pinned":   {Source{Checksums: map[string]string{key: sum}}, "https://" + key, strings.ToLower(sum), ""},
	} {
		d := test.source.Download(file)
		if d.URL != test.url || d.Checksum != test.checksum || d.ChecksumURL != test.checkURL || d.Kind != file.Kind || d.Dest != file.Dest {
			t.Errorf("%s: got %+v", name, d)
		}
	}
}

func TestSourceValidate(t *testing.T) {
	for want, source := range map[string]Source{
		"": {Files: "https://mirror.example/files", Images: "http://10.0.0.1:8080"},
		`source of files: "mirror.example/files" is not an http or https URL`:  {Files: "mirror.example/files"},
		`source of images: "ftp://mirror.example" is not an http or https URL`: {Images: "ftp://mirror.example"},
		`checksum of "dl.k8s.io/v1/kubectl": "12ab" is not a SHA-256 in hex`:   {Checksums: map[string]string{"dl.k8s.io/v1/kubectl": "12ab"}},
	} {
		got := ""
		if err := source.Validate(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
