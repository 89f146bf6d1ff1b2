package config

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// The schema in Pulumi.yaml must have every top-level key, each with a type
// that the CLI can check and a default, see there.
func TestSchemaMatchesTypes(t *testing.T) {
	content, err := os.ReadFile("../../Pulumi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var project struct {
		Config map[string]struct {
			Type        string `json:"type"`
			Description string `json:"description"`
			Default     any    `json:"default"`
		} `json:"config"`
	}
	if err := yaml.Unmarshal(content, &project); err != nil {
		t.Fatal(err)
	}
	raw := map[string]string{}
	keys := fields(reflect.ValueOf(Config{}))
	for name, value := range keys {
		key, want := Namespace+":"+name, "object"
		if value.Kind() == reflect.String {
			want = "string"
		}
		entry, ok := project.Config[key]
		if !ok || entry.Type != want || entry.Description == "" || entry.Default == nil {
			t.Errorf("Pulumi.yaml: config %s is %+v; want type %s, a description and a default", key, entry, want)
		}
		raw[key] = fmt.Sprint(entry.Default)
		if want == "object" {
			raw[key] = "{}"
		}
	}
	for key := range project.Config {
		if _, ok := keys[strings.TrimPrefix(key, Namespace+":")]; !ok {
			t.Errorf("Pulumi.yaml has the config key %s, which does not exist", key)
		}
	}
	_, schemaOnly := Load(raw)
	_, nothing := Load(nil)
	if text(schemaOnly) != text(nothing) {
		t.Errorf("with the schema's defaults alone:\n%s\nwithout any:\n%s", text(schemaOnly), text(nothing))
	}
}
