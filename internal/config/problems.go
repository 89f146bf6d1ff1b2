package config

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Report turns problems into the one error that the user sees, or nil when
// there are none. It names the stack's file and is sorted by path.
func Report(stack string, problems field.ErrorList) error {
	if len(problems) == 0 {
		return nil
	}
	plural := "s"
	if len(problems) == 1 {
		plural = ""
	}
	text := &strings.Builder{}
	fmt.Fprintf(text, "Pulumi.%s.yaml has %d problem%s:", stack, len(problems), plural)
	for _, problem := range slices.SortedStableFunc(slices.Values(problems), byPath) {
		fmt.Fprintf(text, "\n  %s", problem)
	}
	return errors.New(text.String())
}

func byPath(a, b *field.Error) int { return cmp.Compare(a.Field, b.Field) }

// unknownKey reports a key that the tree does not have, usually a typing error.
func (d *decoder) unknownKey(path *field.Path, known map[string]reflect.Value) {
	d.problems = append(d.problems, field.Forbidden(path, "unknown key; known here are "+keyList(known)))
}

// wrongType reports a value of another type than wanted.
func (d *decoder) wrongType(in any, path *field.Path, wanted string) {
	shown := in
	switch in.(type) {
	case map[string]any, []any:
		shown = field.OmitValueType{} // too long for a line
	case json.Number:
		shown = field.OmitValueType{}
		wanted = fmt.Sprintf("%s, not the number %v", wanted, in)
	}
	d.problems = append(d.problems, field.TypeInvalid(path, shown, "must be "+wanted))
}

func keyList(keys map[string]reflect.Value) string {
	return strings.Join(slices.Sorted(maps.Keys(keys)), ", ")
}
