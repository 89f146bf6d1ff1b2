package main

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clockSkew is how far the cloud's clock may be behind the one that wrote the state.
const clockSkew = 5 * time.Minute

// object is a candidate as the cloud's API shows it.
type object = map[string]any

// orphan is an object that no state knows.
type orphan struct {
	kind
	object
	id string
}

func (o orphan) String() string {
	label := text(o.object["name"])
	if label == "" {
		label = text(o.object["description"])
	}
	if label == "" || label == o.id {
		return o.noun + " " + o.id
	}
	return fmt.Sprintf("%s %s (%s)", o.noun, label, o.id)
}

// matches says whether the object is what the inputs would have created.
func (k kind) matches(inputs map[string]any, candidate object) bool {
	for _, f := range k.fields {
		want := lookup(inputs, f.input)
		if isSecret(want) || (!f.always && text(want) == "") {
			continue
		}
		if !agree(want, lookup(candidate, f.api)) {
			return false
		}
	}
	return true
}

// agree compares an input with what the API shows for it. What is added after
// the creation may be missing from a list, such as tags; what the cloud adds of
// its own may be in a map, such as metadata.
func agree(want, got any) bool {
	switch want := want.(type) {
	case map[string]any:
		shown, _ := got.(map[string]any)
		for k, v := range want {
			if !isSecret(v) && text(v) != text(shown[k]) {
				return false
			}
		}
		return true
	case []any:
		shown, _ := got.([]any)
		return !slices.ContainsFunc(shown, func(v any) bool {
			return !slices.ContainsFunc(want, func(w any) bool { return text(w) == text(v) })
		})
	}
	return text(want) == text(got)
}

// text is a value in a form that compares; every empty value is the same.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		if len(v) == 0 {
			return ""
		}
	case float64:
		if v == 0 {
			return ""
		}
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

// lookup follows a dotted path through maps and lists.
func lookup(v any, path string) any {
	if path == "" {
		return nil
	}
	for _, step := range strings.Split(path, ".") {
		switch container := v.(type) {
		case map[string]any:
			v = container[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(container) {
				return nil
			}
			v = container[i]
		default:
			return nil
		}
	}
	return v
}

// secretKey and secretMark tell Pulumi's envelope around a secret value.
const (
	secretKey  = "4dabf18193072939515e22adb298388d"
	secretMark = "1b47061264138c4ac30d75fd1eb44270"
)

func isSecret(v any) bool {
	envelope, ok := v.(map[string]any)
	return ok && envelope[secretKey] == secretMark
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

// expand fills a template's placeholders from the values.
func expand(template string, values map[string]any, escape func(string) string) (string, error) {
	var missing error
	filled := placeholder.ReplaceAllStringFunc(template, func(p string) string {
		key := strings.Trim(p, "{}")
		v := lookup(values, key)
		if isSecret(v) || text(v) == "" {
			missing = fmt.Errorf("its %s is secret or not set", key)
		}
		return escape(text(v))
	})
	return filled, missing
}

// escape makes a value fit for a path as well as for a query.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// identify is the object's id as the state spells it.
func (k kind) identify(o object) (string, error) {
	if k.id == "" {
		return text(o["id"]), nil
	}
	return expand(k.id, o, func(s string) string { return s })
}

// older says whether an object existed before the stack did.
func older(candidate object, born time.Time) bool {
	const layout = "2006-01-02T15:04:05" // UTC, with or without a zone after it
	stamp := text(candidate["created_at"]) + text(candidate["created"])
	if len(stamp) < len(layout) {
		return false
	}
	created, err := time.Parse(layout, stamp[:len(layout)])
	return err == nil && created.Before(born.Add(-clockSkew))
}
