package cindercsi

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// What the chart does not know would change nothing, without a word. The file
// lists the keys of its values.yaml, release 2.36.0.
func TestTheChartKnowsTheValues(t *testing.T) {
	known, err := os.ReadFile("testdata/chart-keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal((&CinderCSIArgs{Cluster: "demo"}).values())
	if err != nil {
		t.Fatal(err)
	}
	var set map[string]any
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	keys := strings.Fields(string(known))
	// Left as a comment in the chart's file.
	keys = append(keys, "secret.name")
	checkKeys(t, keys, "", set)
}

// checkKeys goes down to where the chart leaves the rest to its users.
func checkKeys(t *testing.T, known []string, parent string, set map[string]any) {
	for key, value := range set {
		path := strings.TrimPrefix(parent+"."+key, ".")
		if !slices.Contains(known, path) {
			t.Errorf("the chart does not know %s", path)
		}
		if inner, ok := value.(map[string]any); ok && key != "resources" {
			checkKeys(t, known, path, inner)
		}
	}
}
