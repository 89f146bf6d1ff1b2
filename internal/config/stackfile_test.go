package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"sigs.k8s.io/yaml"
)

// readStackFile returns a stack's file the way that Pulumi hands it to the
// program: strings as they are, all other values as JSON.
func readStackFile(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Config map[string]json.RawMessage `json:"config"`
	}
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
	raw := map[string]string{}
	for key, value := range file.Config {
		var plain string
		if json.Unmarshal(value, &plain) != nil {
			plain = string(value)
		}
		raw[key] = plain
	}
	return raw
}

func TestShippedStackFilesLoad(t *testing.T) {
	var files []string
	for _, pattern := range []string{"Pulumi.*.yaml", "examples/*.yaml"} {
		found, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no file matches %s (%v)", pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, problems := Load(readStackFile(t, file))
			if err := Report("this", problems); err != nil {
				t.Error(err)
			}
		})
	}
}
