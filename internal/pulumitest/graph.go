package pulumitest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// maxText is the longest single-line input that a graph shows in full.
const maxText = 120

// Graph renders the resources as text for golden files: sorted, one block per
// resource with its parent, options and flattened inputs. A made-up id is shown as
// ${name} of the resource it belongs to, secrets and long texts by their kind
// only: those have goldens of their own.
func (r *Recorded) Graph() string {
	ids := r.idNames()
	var b strings.Builder
	for _, res := range r.Resources {
		fmt.Fprintf(&b, "%s %s", res.Type, res.Name)
		if parent, ok := r.byURN[res.Parent]; ok {
			fmt.Fprintf(&b, " < %s", parent.Name)
		}
		b.WriteString("\n")
		for _, line := range append(r.options(res), inputLines(res.Inputs, ids)...) {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

// idNames replaces made-up ids by the names of their resources.
func (r *Recorded) idNames() *strings.Replacer {
	var pairs []string
	for _, res := range r.Resources {
		if res.ID != "" {
			pairs = append(pairs, res.ID, "${"+res.Name+"}")
		}
	}
	return strings.NewReplacer(pairs...)
}

func (r *Recorded) options(res Resource) []string {
	var lines []string
	for _, o := range []struct {
		name string
		set  bool
	}{{"protect", res.Protect}, {"retainOnDelete", res.RetainOnDelete}, {"deleteBeforeReplace", res.DeleteBeforeReplace}} {
		if o.set {
			lines = append(lines, "@"+o.name)
		}
	}
	if len(res.IgnoreChanges) > 0 {
		lines = append(lines, "@ignoreChanges: "+strings.Join(res.IgnoreChanges, ", "))
	}
	if len(res.ReplaceOnChanges) > 0 {
		lines = append(lines, "@replaceOnChanges: "+strings.Join(res.ReplaceOnChanges, ", "))
	}
	if len(res.BeforeDelete) > 0 {
		lines = append(lines, "@beforeDelete: "+strings.Join(res.BeforeDelete, ", "))
	}
	if with, ok := r.byURN[res.DeletedWith]; ok {
		lines = append(lines, "@deletedWith: "+with.Name)
	}
	return lines
}

func inputLines(m resource.PropertyMap, ids *strings.Replacer) []string {
	var lines []string
	var walk func(path string, v resource.PropertyValue)
	walk = func(path string, v resource.PropertyValue) {
		switch {
		case v.IsObject():
			for _, k := range v.ObjectValue().StableKeys() {
				walk(strings.TrimPrefix(path+"."+string(k), "."), v.ObjectValue()[k])
			}
		case v.IsArray() && !nested(v.ArrayValue()):
			shown := make([]string, 0, len(v.ArrayValue()))
			for _, e := range v.ArrayValue() {
				shown = append(shown, ids.Replace(show(e)))
			}
			lines = append(lines, path+": ["+strings.Join(shown, ", ")+"]")
		case v.IsArray():
			for i, e := range v.ArrayValue() {
				walk(path+"["+strconv.Itoa(i)+"]", e)
			}
		default:
			lines = append(lines, path+": "+ids.Replace(show(v)))
		}
	}
	walk("", resource.NewObjectProperty(m))
	return lines
}

func nested(values []resource.PropertyValue) bool {
	return slices.ContainsFunc(values, func(v resource.PropertyValue) bool { return v.IsObject() || v.IsArray() })
}

func show(v resource.PropertyValue) string {
	switch {
	case v.IsSecret():
		return "(secret)"
	case v.IsComputed():
		return "(unknown)"
	case v.IsArchive():
		members, _ := v.ArchiveValue().GetAssets()
		names := make([]string, 0, len(members))
		for name := range members {
			names = append(names, name)
		}
		slices.Sort(names)
		return "(archive of " + strings.Join(names, ", ") + ")"
	case v.IsAsset():
		return "(asset)"
	case v.IsString():
		if s := v.StringValue(); len(s) > maxText || strings.Contains(s, "\n") {
			return "(text)"
		}
		return v.StringValue()
	default:
		return fmt.Sprint(v.V)
	}
}
