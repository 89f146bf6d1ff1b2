package policy

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Resource is one resource as the engine shows it.
type Resource struct {
	URN, Type, Name string
	// Parent is the URN of the parent.
	Parent string
	// Properties are the inputs, or for rules about the stack what is Known. They
	// keep their secret marks, and what is not known yet is computed.
	Properties property.Map
	// Protect keeps the resource from being deleted.
	Protect bool
}

// Known is what is known of a resource: its outputs, and in place of those that
// are not there yet its inputs. In a preview, a provider that cannot be asked
// returns nothing of what it was given.
func Known(inputs, outputs property.Map) property.Map {
	known := inputs
	for key, value := range outputs.AllStable {
		if given, ok := inputs.GetOk(key); ok && value.HasComputed() && !given.IsComputed() {
			continue
		}
		known = known.Set(key, value)
	}
	return known
}

// Stack is all resources of a stack.
type Stack []Resource

// ofType returns the resources of some types.
func (s Stack) ofType(types ...string) []Resource {
	var out []Resource
	for _, r := range s {
		if slices.Contains(types, r.Type) {
			out = append(out, r)
		}
	}
	return out
}

// named returns the resource of a type and name.
func (s Stack) named(typ, name string) (Resource, bool) {
	for _, r := range s {
		if r.Type == typ && r.Name == name {
			return r, true
		}
	}
	return Resource{}, false
}

// within lists the types of the components around the resource, outermost first.
// They are part of its URN: urn:pulumi:<stack>::<project>::<type>$<type>::<name>.
func (r Resource) within() []string {
	parts := strings.SplitN(r.URN, "::", 4)
	if len(parts) < 4 {
		return nil
	}
	types := strings.Split(parts[2], "$")
	return types[:len(types)-1]
}

// below reports whether a component of one of the types is around the resource.
func (r Resource) below(types ...string) bool {
	return slices.ContainsFunc(r.within(), func(t string) bool { return slices.Contains(types, t) })
}

// at returns the value at a path of keys and indexes: null where there is
// nothing, computed where the value or what is around it is not known.
func (r Resource) at(path ...any) property.Value {
	value := property.New(r.Properties)
	for _, key := range path {
		if value.IsComputed() {
			return value
		}
		value = step(value, key)
	}
	return value
}

func step(value property.Value, key any) property.Value {
	switch key := key.(type) {
	case string:
		if value.IsMap() {
			return value.AsMap().Get(key)
		}
	case int:
		if value.IsArray() && key < value.AsArray().Len() {
			return value.AsArray().Get(key)
		}
	}
	return property.Value{}
}

// text is the text at a path; empty without one, or while it is not known.
func (r Resource) text(path ...any) string { return textOf(r.at(path...)) }

func textOf(v property.Value) string {
	if v.IsString() {
		return v.AsString()
	}
	return ""
}

// number is the number at a path, 0 without one.
func (r Resource) number(path ...any) int {
	if v := r.at(path...); v.IsNumber() {
		return int(v.AsNumber())
	}
	return 0
}

// isFalse tells false from what is unset or not known.
func (r Resource) isFalse(path ...any) bool {
	v := r.at(path...)
	return v.IsBool() && !v.AsBool()
}

func isTrue(v property.Value) bool { return v.IsBool() && v.AsBool() }

// list is the array at a path, nil without one.
func (r Resource) list(path ...any) []property.Value { return listOf(r.at(path...)) }

func listOf(v property.Value) []property.Value {
	if !v.IsArray() {
		return nil
	}
	return v.AsArray().AsSlice()
}

// member is a member of a map, null without one.
func member(v property.Value, path ...any) property.Value {
	for _, key := range path {
		if v.IsComputed() {
			return v
		}
		v = step(v, key)
	}
	return v
}
