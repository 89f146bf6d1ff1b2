package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
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

func quoted(t *testing.T, text string) string {
	t.Helper()
	out, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
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
			raw := readStackFile(t, file)
			if hosts := raw["slipway:hosts"]; hosts != "" { // a key cannot be shipped
				raw["slipway:hosts"] = strings.Replace(hosts, "{", `{"privateKey":`+quoted(t, loginKey(t, ""))+",", 1)
			}
			_, problems := Load(raw)
			if err := Report("this", problems); err != nil {
				t.Error(err)
			}
		})
	}
}
