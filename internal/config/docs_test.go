package config

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// documented is one row of the tables in docs/configuration.md.
type documented struct{ kind, fallback string }

// tableRow matches | `slipway:key` | type | default | meaning |.
var tableRow = regexp.MustCompile("(?m)^\\| `(" + Namespace + ":[^`]+)` \\| (.+?) \\| (.+?) \\| .+ \\|$")

func readReference(t *testing.T) map[string]documented {
	t.Helper()
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]documented{}
	for _, m := range tableRow.FindAllStringSubmatch(string(page), -1) {
		if _, twice := rows[m[1]]; twice {
			t.Errorf("docs/configuration.md has two rows for %s", m[1])
		}
		rows[m[1]] = documented{kind: m[2], fallback: m[3]}
	}
	return rows
}

// The reference must name every key with its type and default, and no other.
func TestReferenceMatchesTypes(t *testing.T) {
	rows := readReference(t)
	got := leaves(reflect.ValueOf(Config{}), "")
	required := requiredKeys()
	for _, key := range slices.Sorted(maps.Keys(got)) {
		row, ok := rows[key]
		if !ok {
			t.Errorf("docs/configuration.md lacks a row for %s", key)
			continue
		}
		if want := kindOf(got[key].Type()); row.kind != want && !strings.HasPrefix(row.kind, want+" `") {
			t.Errorf("docs/configuration.md: the type of %s is %q, want %q", key, row.kind, want)
		}
		if want := fallbackOf(key, required); want != "" && row.fallback != want {
			t.Errorf("docs/configuration.md: the default of %s is %s, want %s", key, row.fallback, want)
		} else if want == "" && (row.fallback == "required" || strings.HasPrefix(row.fallback, "`")) {
			t.Errorf("docs/configuration.md: %s is %s, but it is optional without a default", key, row.fallback)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		if _, ok := got[key]; !ok {
			t.Errorf("docs/configuration.md has a row for %s, which does not exist", key)
		}
	}
}

// placeholders are what the reference calls the names of a mapping, by its key.
var placeholders = map[string]string{
	"workerPools": "<pool>", "nodes": "<node>", "labels": "<label>", "checksums": "<file>", "machines": "<machine>",
	"storageClasses": "<class>", "pools": "<pool>", "roles": "<role>",
	"issuers": "<issuer>", "tls": "<host>",
}

// leaves lists the keys below a struct that take a value, and the mappings
// that must not be empty.
func leaves(structure reflect.Value, parent string) map[string]reflect.Value {
	found := map[string]reflect.Value{}
	add := func(value reflect.Value, key, name string) {
		for {
			switch kind := value.Kind(); {
			case kind == reflect.Map:
				if name == "nodes" || name == "machines" {
					found[key] = value
				}
				key += "." + placeholders[name]
			case kindOf(value.Type()) != "":
				found[key] = value
				return
			case kind == reflect.Struct:
				maps.Copy(found, leaves(value, key+"."))
				return
			case kind == reflect.Slice:
				key += "[]"
			}
			value = reflect.Zero(value.Type().Elem()) // of a pointer, slice or map
		}
	}
	for name, value := range fields(structure) {
		key := parent + name
		if parent == "" {
			key = Namespace + ":" + name
		}
		add(value, key, name)
	}
	return found
}

// kindOf is the reference's word for a type, or nothing for one with parts.
func kindOf(t reflect.Type) string {
	switch {
	case t.Name() == "Prefix":
		return "address range"
	case t == reflect.TypeFor[Date]():
		return "day"
	case t == reflect.TypeFor[AddressRange]():
		return "addresses"
	case t.Name() == "Addr":
		return "address"
	case t == reflect.TypeFor[Secret]():
		return "text"
	case t.Kind() == reflect.String && t.Name() != "string":
		return "one of"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Int:
		return "whole number"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t == reflect.TypeFor[map[string]Node](), t == reflect.TypeFor[map[string]Machine]():
		return "mapping"
	}
	return ""
}

// requiredKeys are the keys that validation misses in objects without content.
func requiredKeys() map[string]bool {
	c := &Config{
		Bastion:      Bastion{Image: "image"},
		ControlPlane: ControlPlane{ContainerVolume: &Volume{}},
		Endpoint:     Endpoint{Type: EndpointKeepalived, Keepalived: Keepalived{Proxies: &Proxies{}}},
		Etcd:         Etcd{Volume: &Volume{}},
		Policy:       Policy{Exceptions: []PolicyException{{}}},
		WorkerPools:  map[string]WorkerPool{"<pool>": {Taints: []Taint{{}}, ContainerVolume: &Volume{}, StorageVolumes: []Volume{{}}}},
	}
	c.setDefaults()
	problems := append(validate(c), validateHosts(Hosts{}, root("hosts"))...)
	problems = append(problems, validateHosts(Hosts{Jump: &Jump{}, Machines: map[string]Machine{"<machine>": {}}}, root("hosts"))...)
	required := map[string]bool{}
	for _, problem := range problems {
		if problem.Type == field.ErrorTypeRequired {
			key := strings.NewReplacer("[<pool>]", ".<pool>", "[<machine>]", ".<machine>", "[0]", "[]").Replace(problem.Field)
			required[key], required[key+"[]"] = true, true // of a list, the list
		}
	}
	return required
}

// fallbackOf is what the reference must give as the default of a key, or
// nothing when that is for words to say.
func fallbackOf(key string, required map[string]bool) string {
	if required[key] {
		return "required"
	}
	c := &Config{}
	c.setDefaults()
	value, ok := leaves(reflect.ValueOf(c).Elem(), "")[key]
	if !ok || value.IsZero() && value.Kind() != reflect.Bool {
		return ""
	}
	return fmt.Sprintf("`%v`", value.Interface())
}
