package charts_test

import (
	"strings"
	"testing"

	"slipway/internal/charts"
	"slipway/internal/charts/charttest"
)

// Regression to guard against: a release of Cilium's chart is refused, or names its
// images by other than their tags.
func TestImageDigestsOfARelease(t *testing.T) {
	values := func(digest, use string) string {
		return "image:\n  repository: registry.test/some\n  # some-digest\n  digest: " + digest + "\n  useDigest: " + use +
			"\n  tag: v7\nreplicas: 1\nrole: true\n"
	}
	source := with(map[string]string{"values.yaml": values(`""`, "false"), "README.md": "no digest"})
	released := with(map[string]string{"values.yaml": values(`"sha256:`+strings.Repeat("a", 64)+`"`, "true"), "README.md": "a digest"})
	for _, files := range []map[string]string{source, released} {
		files["templates/deploy.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shows}\ndata: {image: {{ toJson .Values.image | quote }}}\n"
	}
	p := pin(t, pack(t, source))
	p.WithoutImageDigests = true
	p.Digest = digestOf(t, p, pack(t, source))
	archive := pack(t, released)
	from, _ := charttest.Serve(t, p.Key, archive)
	c, err := p.Get(t.Context(), from, "")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := c.Render(charts.Release{Name: "mine", Namespace: "there", Kubernetes: "v1.36.3"})
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, objects); !strings.Contains(got, `{"digest":"","repository":"registry.test/some","tag":"v7","useDigest":false}`) {
		t.Errorf("the image is not named by its tag:\n%s", got)
	}
	// Everything else counts.
	other := with(map[string]string{"values.yaml": values(`""`, "false") + "more: 1\n"})
	from, _ = charttest.Serve(t, p.Key, pack(t, other))
	if _, err := p.Get(t.Context(), from, ""); err == nil || !strings.Contains(err.Error(), "its content has the digest ") {
		t.Errorf("other values: %v", err)
	}
}

// digestOf is the digest that a pin finds in an archive.
func digestOf(t *testing.T, p charts.Pin, archive []byte) string {
	t.Helper()
	p.Digest = ""
	from, _ := charttest.Serve(t, p.Key, archive)
	_, err := p.Get(t.Context(), from, "")
	if err == nil {
		t.Fatal("an empty digest is accepted")
	}
	_, rest, _ := strings.Cut(err.Error(), "the digest ")
	digest, _, _ := strings.Cut(rest, ",")
	return digest
}
