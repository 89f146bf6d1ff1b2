package charts

import (
	"cmp"
	"strings"
)

// Object is a Kubernetes object of any kind.
type Object map[string]any

// Kind is the object's, e.g. Deployment.
func (o Object) Kind() string { return o.text("kind") }

// APIVersion is the object's, e.g. apps/v1.
func (o Object) APIVersion() string { return o.text("apiVersion") }

// Name is unique among the objects of its kind and namespace.
func (o Object) Name() string { return Object(o.metadata()).text("name") }

// Namespace is where the object is: empty when it does not say so, or in none.
func (o Object) Namespace() string { return Object(o.metadata()).text("namespace") }

// IsDefinition says whether it defines a kind of custom resources.
func (o Object) IsDefinition() bool { return o.Kind() == "CustomResourceDefinition" }

// GroupKind is what the object is, whatever the version, e.g. Deployment.apps.
func (o Object) GroupKind() string {
	group, _, versioned := strings.Cut(o.APIVersion(), "/")
	if !versioned {
		group = ""
	}
	return o.Kind() + "." + group
}

// Defines is the GroupKind of the custom resources that a definition is for.
func (o Object) Defines() string {
	spec, _ := o["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	return Object(names).text("kind") + "." + Object(spec).text("group")
}

func (o Object) text(key string) string {
	text, _ := o[key].(string)
	return text
}

func (o Object) metadata() map[string]any {
	m, _ := o["metadata"].(map[string]any)
	return m
}

func (o Object) annotation(key string) string {
	all, _ := o.metadata()["annotations"].(map[string]any)
	return Object(all).text(key)
}

// compare puts definitions before everything else, and the rest in the order of
// what names them.
func (o Object) compare(other Object) int {
	rank := func(o Object) int {
		if o.IsDefinition() {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(o), rank(other)), strings.Compare(o.key(), other.key()))
}

func (o Object) key() string {
	return strings.Join([]string{o.Kind(), o.APIVersion(), o.Namespace(), o.Name()}, "/")
}
