package charts_test

import (
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	helm "helm.sh/helm/v4/pkg/registry"

	"slipway/internal/artifacts"
)

// TestGetFromRegistry has Helm itself push the chart.
func TestGetFromRegistry(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	client, err := helm.NewClient(helm.ClientOptPlainHTTP(), helm.ClientOptWriter(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	archive := pack(t, some)
	if _, err := client.Push(archive, host+"/team/charts/some:1.2.3"); err != nil {
		t.Fatal(err)
	}
	p := pin(t, archive)
	folder := t.TempDir()
	for name, tt := range map[string]struct{ base, version, want string }{
		"there":        {server.URL + "/team/charts/", p.Version, ""},
		"not there":    {server.URL + "/other", p.Version, "chart some 1.2.3: getting " + server.URL + "/other/some:1.2.3: "},
		"no such":      {server.URL + "/team/charts", "2.0.0", "slipway:artifacts.charts may name a mirror that has it"},
		"not that way": {"oci://" + host + "/team/charts", p.Version, "chart some 1.2.3: getting oci://" + host + "/team/charts/some:1.2.3: "},
	} {
		asked := p
		asked.Version = tt.version
		where := folder
		if tt.want != "" {
			where = ""
		}
		_, err := asked.Get(t.Context(), artifacts.Source{Charts: tt.base}, where)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	server.Close()
	if _, err := p.Get(t.Context(), artifacts.Source{Charts: server.URL + "/team/charts"}, folder); err != nil {
		t.Errorf("what was kept is not used: %v", err)
	}
}
