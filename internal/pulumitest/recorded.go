package pulumitest

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Resource is one registration.
type Resource struct {
	URN, Type, Name string
	// ID is the made-up id of a custom resource; empty in a preview.
	ID string
	// Parent is the URN of the parent: a component or the stack.
	Parent string
	// Custom tells a provider's resource from a component.
	Custom bool
	// Inputs keep their secret marks.
	Inputs resource.PropertyMap
	// Outputs are the state of a custom resource, or what a component registered.
	Outputs resource.PropertyMap

	// Options of the registration. DependsOn holds the URNs of all dependencies,
	// those through inputs included; Provider is <urn>::<id>.
	Protect, RetainOnDelete, DeleteBeforeReplace bool
	IgnoreChanges, ReplaceOnChanges, DependsOn   []string
	DeletedWith, Provider                        string
	// BeforeDelete are the names of hooks.
	BeforeDelete []string

	outputsRegistered bool
}

// LogEntry is a message that the program logged.
type LogEntry struct {
	Severity, Message, URN string
}

// Recorded is all that a program did.
type Recorded struct {
	// Resources are sorted by type, then name. The stack is not among them.
	Resources []Resource
	// Outputs are the stack's outputs.
	Outputs resource.PropertyMap
	// Log holds the messages in the order they arrived.
	Log []LogEntry
	// References are the full names of the stacks that were referred to.
	References []string

	byURN map[string]*Resource
}

func (e *engine) recorded() *Recorded {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := &Recorded{Outputs: e.outputs, Log: e.log, References: e.references, byURN: e.resources}
	for _, res := range e.resources {
		r.Resources = append(r.Resources, *res)
	}
	slices.SortFunc(r.Resources, func(a, b Resource) int {
		if c := strings.Compare(a.Type, b.Type); c != 0 {
			return c
		}
		return strings.Compare(a.URN, b.URN)
	})
	return r
}

// ByType returns the resources of a type.
func (r *Recorded) ByType(typ string) []Resource {
	var out []Resource
	for _, res := range r.Resources {
		if res.Type == typ {
			out = append(out, res)
		}
	}
	return out
}

// Get returns the resource of that type and name and fails the test without one.
func (r *Recorded) Get(t testing.TB, typ, name string) Resource {
	t.Helper()
	var names []string
	for _, res := range r.ByType(typ) {
		if res.Name == name {
			return res
		}
		names = append(names, res.Name)
	}
	t.Fatalf("no %s called %q was registered; there are %q", typ, name, names)
	return Resource{}
}

// Input returns the value at a path such as connection.proxy.host or
// fixedIps[0].ipAddress with its secret marks removed, and whether it, or
// anything around it, is secret.
func (r Resource) Input(path string) (value resource.PropertyValue, secret, found bool) {
	return lookup(r.Inputs, path)
}

func lookup(m resource.PropertyMap, path string) (value resource.PropertyValue, secret, found bool) {
	keys, err := resource.ParsePropertyPath(path)
	if err != nil {
		return value, false, false
	}
	value = resource.NewObjectProperty(m)
	for _, key := range keys {
		switch {
		case value.IsObject():
			name, _ := key.(string)
			value, found = value.ObjectValue()[resource.PropertyKey(name)]
		case value.IsArray():
			i, _ := key.(int)
			if found = i < len(value.ArrayValue()); found {
				value = value.ArrayValue()[i]
			}
		default:
			found = false
		}
		if !found {
			return value, secret, false
		}
		for value.IsSecret() {
			value, secret = value.SecretValue().Element, true
		}
	}
	return value, secret, true
}
