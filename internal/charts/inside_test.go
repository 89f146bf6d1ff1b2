package charts_test

import (
	"maps"
	"strings"
	"testing"

	"slipway/internal/charts"
	"slipway/internal/charts/charttest"
)

// inside is the chart some with another one inside it.
func inside(t *testing.T, name, object string, packed bool) map[string]string {
	files := map[string]string{
		"Chart.yaml":          "apiVersion: v2\nname: " + name + "\nversion: 0.1.0\n",
		"templates/role.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + object + "}\n",
	}
	all := maps.Clone(some)
	for file, text := range files {
		if !packed {
			all["charts/"+name+"/"+file] = text
		}
	}
	if packed {
		all["charts/"+name+"-0.1.0.tgz"] = string(charttest.Pack(t, name, files))
	}
	return all
}

// Helm unpacks a chart inside when it packs the one around it.
func TestDigestOfAChartInside(t *testing.T) {
	folder := pin(t, pack(t, inside(t, "part", "a", false))).Digest
	if got := pin(t, pack(t, inside(t, "part", "a", true))).Digest; got != folder {
		t.Errorf("packed, it has another digest: %s, want %s", got, folder)
	}
	if got := pin(t, pack(t, inside(t, "part", "b", false))).Digest; got == folder {
		t.Error("another content has the same digest")
	}
}

// What is taken out is not rendered, and may be anything.
func TestChartTakenOut(t *testing.T) {
	for _, object := range []string{"a", "b"} {
		archive := pack(t, inside(t, "part", object, false))
		p := pin(t, pack(t, some))
		p.Without = []string{"part"}
		source, _ := charttest.Serve(t, p.Key, archive)
		c, err := p.Get(t.Context(), source, "")
		if err != nil {
			t.Fatal(err)
		}
		objects, err := c.Render(charts.Release{Name: "mine", Namespace: "there", Kubernetes: "v1.36.3"})
		if err != nil || strings.Contains(text(t, objects), "name: "+object+"\n") {
			t.Errorf("%v, rendered:\n%s", err, text(t, objects))
		}
	}
}
