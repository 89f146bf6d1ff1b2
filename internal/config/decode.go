package config

import (
	"encoding"
	"encoding/json"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// malformed stands for a range that could not be parsed: it is not the zero
// value, so no default replaces it, and not valid, so no further rule looks at it.
var malformed = netip.PrefixFrom(netip.IPv4Unspecified(), -1)

// decoder fills the typed tree from JSON values. encoding/json does not serve:
// it stops at the first type error and ignores the case of keys.
type decoder struct {
	problems field.ErrorList
}

// decode fills c from the keys in our namespace.
func decode(raw map[string]string, c *Config) field.ErrorList {
	d := &decoder{}
	keys := fields(reflect.ValueOf(c).Elem())
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		key, ours := strings.CutPrefix(name, Namespace+":")
		if !ours {
			continue // a provider's, such as openstack:cloud
		}
		path := field.NewPath(name)
		out, known := keys[key]
		if !known {
			d.unknownKey(path, keys)
			continue
		}
		d.value(topLevel(raw[name], out), out, path)
	}
	return d.problems
}

// topLevel reads the text of one top-level key: a string is itself, all else JSON.
// Text that is not JSON stays text, for the type error to name.
func topLevel(text string, out reflect.Value) any {
	if out.Kind() == reflect.String {
		return text
	}
	if text == "" {
		return nil
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber() // keeps 1400 an integer
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return text
	}
	return value
}

// value decodes in into out, dispatching on what out is. A null, as in
// `w1:` without more, leaves out unset.
func (d *decoder) value(in any, out reflect.Value, path *field.Path) {
	if in == nil {
		return
	}
	if text, ok := out.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(in, text, path)
		return
	}
	switch out.Kind() {
	case reflect.Pointer:
		out.Set(reflect.New(out.Type().Elem()))
		d.value(in, out.Elem(), path)
	case reflect.Struct:
		d.object(in, out, path)
	case reflect.Map:
		d.mapping(in, out, path)
	case reflect.Slice:
		d.list(in, out, path)
	default:
		d.scalar(in, out, path)
	}
}

func (d *decoder) object(in any, out reflect.Value, path *field.Path) {
	keys := fields(out)
	object, ok := in.(map[string]any)
	if !ok {
		d.wrongType(in, path, "a mapping with the keys "+keyList(keys))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if out, known := keys[name]; known {
			d.value(object[name], out, path.Child(name))
		} else {
			d.unknownKey(path.Child(name), keys)
		}
	}
}

func (d *decoder) mapping(in any, out reflect.Value, path *field.Path) {
	object, ok := in.(map[string]any)
	if !ok {
		d.wrongType(in, path, "a mapping from names to values")
		return
	}
	out.Set(reflect.MakeMapWithSize(out.Type(), len(object)))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		value := reflect.New(out.Type().Elem()).Elem()
		d.value(object[name], value, path.Key(name))
		out.SetMapIndex(reflect.ValueOf(name), value)
	}
}

func (d *decoder) list(in any, out reflect.Value, path *field.Path) {
	values, ok := in.([]any)
	if !ok {
		d.wrongType(in, path, "a list")
		return
	}
	out.Set(reflect.MakeSlice(out.Type(), len(values), len(values)))
	for i, value := range values {
		if value == nil {
			d.problems = append(d.problems, field.Required(path.Index(i), "the list entry is empty"))
			continue
		}
		d.value(value, out.Index(i), path.Index(i))
	}
}

// fields maps the keys of a struct to its fields.
func fields(structure reflect.Value) map[string]reflect.Value {
	byKey := map[string]reflect.Value{}
	for i := range structure.NumField() {
		key, _, _ := strings.Cut(structure.Type().Field(i).Tag.Get("json"), ",")
		byKey[key] = structure.Field(i)
	}
	return byKey
}
