package versions

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestToolchainBuildsTheseVersions pins what tools/ compiles for the local
// cloud to what the product installs: with a difference the local cloud would
// test another release than clusters run.
func TestToolchainBuildsTheseVersions(t *testing.T) {
	etcd, _, _ := strings.Cut(Etcd, "-") // the image's own revision follows the dash
	flannelPlugin, _, _ := strings.Cut(FlannelCNIPlugin, "-")
	want := map[string]string{
		"k8s.io/kubernetes":                      Kubernetes,
		"github.com/containerd/containerd/v2":    "v" + Containerd,
		"github.com/opencontainers/runc":         Runc,
		"github.com/flannel-io/flannel":          Flannel,
		"github.com/flannel-io/cni-plugin":       flannelPlugin,
		"go.etcd.io/etcd/server/v3":              "v" + etcd,
		"go.etcd.io/etcd/etcdctl/v3":             "v" + etcd,
		"github.com/coredns/coredns":             CoreDNS,
		"github.com/containernetworking/plugins": CNIPlugins,
	}
	direct := regexp.MustCompile(`(?m)^(?:require)?\s+(\S+) (v\S+)$`) // a line without // indirect
	files, err := filepath.Glob("../../tools/*/go.mod")
	if err != nil || len(files) == 0 {
		t.Fatalf("no modules under tools/ (%v)", err)
	}
	found := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range direct.FindAllStringSubmatch(string(text), -1) {
			module, version := m[1], m[2]
			if pinned, ours := want[module]; ours {
				found[module] = true
				if version != pinned {
					t.Errorf("%s requires %s %s, internal/versions has %s", file, module, version, pinned)
				}
			}
		}
	}
	if !found["k8s.io/kubernetes"] {
		t.Error("no module under tools/ requires k8s.io/kubernetes: the comparison compared nothing")
	}
}
