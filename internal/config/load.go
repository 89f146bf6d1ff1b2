package config

import (
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Namespace is the prefix of every key of the tree in a stack's file.
const Namespace = "slipway"

// Load decodes, defaults and validates a stack's configuration as Pulumi hands
// it to the program: raw maps <namespace>:<key> to plain text for scalars, to
// JSON for the rest. The problems are all there are, each with the path of its
// key. The Config is filled as far as possible even then, so that the caller
// may add what Config.CheckCloud finds before it hands everything to Report.
func Load(raw map[string]string) (*Config, field.ErrorList) {
	c := &Config{}
	problems := decode(raw, c)
	problems = append(problems, crossTarget(c)...)
	problems = append(problems, crossKind(raw, c)...)
	c.setDefaults()
	undecoded := slices.Clone(problems)
	for _, problem := range validate(c) {
		// What could not be decoded was reported; that it is now missing is no news.
		if !slices.ContainsFunc(undecoded, func(p *field.Error) bool { return within(problem.Field, p.Field) }) {
			problems = append(problems, problem)
		}
	}
	return c, append(problems, crossProvider(raw, c)...)
}

// within reports whether path is parent or lies below it.
func within(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Keys are the full names of all top-level keys, sorted.
func Keys() []string {
	var keys []string
	for name := range fields(reflect.ValueOf(Config{})) {
		keys = append(keys, Namespace+":"+name)
	}
	slices.Sort(keys)
	return keys
}
