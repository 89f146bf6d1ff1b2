package charts_test

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"slipway/internal/charts"
	"slipway/internal/charts/charttest"
	"slipway/internal/golden"
)

// some is a chart with what charts have: a definition, values, conditions, a test, notes.
var some = map[string]string{
	"Chart.yaml":               "apiVersion: v2\nname: some\nversion: 1.2.3\nappVersion: v7\n",
	"values.yaml":              "image: {repository: registry.test/some, tag: ''}\nreplicas: 1\nrole: true\n",
	"crds/things.yaml":         "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.some.test}\n",
	"templates/NOTES.txt":      "Thank you for installing {{ .Chart.Name }}",
	"templates/_names.tpl":     `{{- define "some.name" -}}{{ .Release.Name }}-some{{- end -}}`,
	"templates/deploy.yaml":    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ include \"some.name\" . }}, namespace: {{ .Release.Namespace }}}\nspec:\n  replicas: {{ .Values.replicas }}\n  template: {spec: {containers: [{name: some, image: \"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}\"}]}}\n",
	"templates/role.yaml":      "{{- if .Values.role }}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: some}\n---\n{{- end }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: versions}\ndata: {kubernetes: {{ .Capabilities.KubeVersion.Version }}}\n",
	"templates/tests/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: asks, annotations: {helm.sh/hook: test}}\n",
}

// with is the chart with some files changed; an empty text takes one away.
func with(changes map[string]string) map[string]string {
	files := maps.Clone(some)
	maps.Copy(files, changes)
	maps.DeleteFunc(files, func(_, text string) bool { return text == "" })
	return files
}

func pack(t *testing.T, files map[string]string) []byte { return charttest.Pack(t, "some", files) }

// pin is for a chart as it is.
func pin(t *testing.T, archive []byte) charts.Pin { return charttest.Pin(t, "some", archive) }

func render(t *testing.T, files map[string]string, values any) ([]charts.Object, error) {
	t.Helper()
	archive := pack(t, files)
	p := pin(t, archive)
	source, _ := charttest.Serve(t, p.Key, archive)
	c, err := p.Get(t.Context(), source, "")
	if err != nil {
		t.Fatal(err)
	}
	return c.Render(charts.Release{Name: "mine", Namespace: "there", Kubernetes: "v1.36.3", Values: values})
}

func TestRender(t *testing.T) {
	type image struct {
		Tag string `json:"tag"`
	}
	objects, err := render(t, some, struct {
		Image    image `json:"image"`
		Replicas int   `json:"replicas"`
	}{image{"v8"}, 2})
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "objects.yaml", text(t, objects))
}

func TestRenderRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ file, text, want string }{
		"a hook":      {"templates/job.yaml", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: first, annotations: {helm.sh/hook: pre-install}}\n", "rendering chart some 1.2.3 as mine: Job first is a hook (pre-install), which Slipway does not run"},
		"no name":     {"templates/x.yaml", "apiVersion: v1\nkind: Secret\n", "some/templates/x.yaml: an object lacks kind, apiVersion or name"},
		"a key twice": {"templates/x.yaml", "apiVersion: v1\nkind: Secret\nkind: Secret\n", `key "kind" already set`},
		"a template":  {"templates/x.yaml", "{{ fail \"no such thing\" }}", "no such thing"},
		"an old one":  {"Chart.yaml", "apiVersion: v2\nname: some\nversion: 1.2.3\nkubeVersion: '< 1.36'\n", "it is for Kubernetes < 1.36, but slipway:kubernetes.version is v1.36.3"},
		"values":      {"values.schema.json", `{"properties": {"replicas": {"type": "string"}}}`, "replicas"},
	} {
		_, err := render(t, with(map[string]string{tt.file: tt.text}), nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

func TestGet(t *testing.T) {
	archive := pack(t, some)
	source, asked := charttest.Serve(t, "charts.test/some-1.2.3.tgz", archive)
	folder := t.TempDir() + "/charts"
	for range 2 {
		if _, err := pin(t, archive).Get(t.Context(), source, folder); err != nil {
			t.Fatal(err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("the mirror was asked %d times", asked.Load())
	}
	// What was changed where it is kept is got again.
	kept, _ := filepath.Glob(folder + "/*.tgz")
	if len(kept) != 1 || os.WriteFile(kept[0], pack(t, with(map[string]string{"values.yaml": "replicas: 9\n"})), 0o600) != nil {
		t.Fatalf("kept are %v", kept)
	}
	if _, err := pin(t, archive).Get(t.Context(), source, folder); err != nil || asked.Load() != 2 {
		t.Errorf("the mirror was asked %d times: %v", asked.Load(), err)
	}
}

func TestGetSaysWhatIsWrong(t *testing.T) {
	good := pack(t, some)
	for name, tt := range map[string]struct {
		archive []byte
		change  func(*charts.Pin)
		want    string
	}{
		"not there":       {good, func(p *charts.Pin) { p.Key = "charts.test/other.tgz" }, "chart some 1.2.3: getting http://"},
		"no chart":        {[]byte("<html>"), func(*charts.Pin) {}, "it is no chart"},
		"another chart":   {pack(t, with(map[string]string{"Chart.yaml": "apiVersion: v2\nname: some\nversion: 2.0.0\n"})), func(*charts.Pin) {}, "it is chart some 2.0.0"},
		"another content": {pack(t, with(map[string]string{"values.yaml": "replicas: 9\n"})), func(*charts.Pin) {}, "its content has the digest "},
	} {
		source, _ := charttest.Serve(t, "charts.test/some-1.2.3.tgz", tt.archive)
		p := pin(t, good)
		tt.change(&p)
		if _, err := p.Get(t.Context(), source, t.TempDir()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

func TestManifest(t *testing.T) {
	const text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: some}\n---\n# nothing\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: some}\n"
	source, _ := charttest.Serve(t, "charts.test/some-1.2.3.tgz", []byte(text))
	sum := sha256.Sum256([]byte(text))
	m := charts.Manifest{Key: "charts.test/some-1.2.3.tgz", SHA256: hex.EncodeToString(sum[:])}
	if objects, err := m.Get(t.Context(), source, t.TempDir()); err != nil || len(objects) != 2 {
		t.Errorf("%v, %v", objects, err)
	}
	m.SHA256 = "0"
	if _, err := m.Get(t.Context(), source, ""); err == nil || !strings.Contains(err.Error(), ", want 0") {
		t.Error(err)
	}
}

// Helm writes Chart.yaml anew when it packs: that must not make another chart.
func TestDigestIsThatOfTheContent(t *testing.T) {
	digest := pin(t, pack(t, some)).Digest
	for name, tt := range map[string]struct {
		changes map[string]string
		same    bool
	}{
		"Chart.yaml written anew": {map[string]string{"Chart.yaml": "# by hand\nname: some\nversion: 1.2.3\napiVersion: v2\nappVersion: v7\n"}, true},
		"a template":              {map[string]string{"templates/role.yaml": ""}, false},
		"a definition":            {map[string]string{"crds/things.yaml": some["crds/things.yaml"] + "\n"}, false},
		"values":                  {map[string]string{"values.yaml": some["values.yaml"] + "\n"}, false},
	} {
		if got := pin(t, pack(t, with(tt.changes))).Digest == digest; got != tt.same {
			t.Errorf("%s: the digest stays: %v, want %v", name, got, tt.same)
		}
	}
}

func text(t *testing.T, objects []charts.Object) string {
	t.Helper()
	var all strings.Builder
	for _, o := range objects {
		one, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString("---\n" + string(one))
	}
	return all.String()
}
