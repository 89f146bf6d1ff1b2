package review

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	// secretMark is by what the engine marks a secret in its events.
	secretMark = "4dabf18193072939515e22adb298388d"
	// unknownMark is a value that only the update finds out, of any type.
	unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
	// widest is how much of a value is shown; scripts are longer.
	widest = 80
)

// show renders a value in one line. Secrets are never shown, whatever is in them.
func show(v any, there bool) string {
	if !there {
		return "nothing"
	}
	plain := plainOf(v)
	text, isText := plain.(string)
	if !isText {
		raw, err := json.Marshal(plain)
		if err != nil {
			return "?"
		}
		text = string(raw)
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > widest {
		text = fmt.Sprintf("%s… (%d characters)", string(runes[:widest]), len(runes))
	}
	return text
}

// plainOf puts words in the place of what is secret or not known yet.
func plainOf(v any) any {
	switch v := v.(type) {
	case string:
		if v == unknownMark {
			return "(known after the update)"
		}
		return v
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = plainOf(item)
		}
		return all
	case map[string]any:
		if _, secret := v[secretMark]; secret {
			return "[secret]"
		}
		all := map[string]any{}
		for key, item := range v {
			if key != "__defaults" {
				all[key] = plainOf(item)
			}
		}
		return all
	}
	return v
}

// segment is one step of the engine's property paths: a.b, a[0], a["b.c"].
var segment = regexp.MustCompile(`^\.?(?:([^.\["]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\])`)

// at returns the value at a path. A secret on the way is the value.
func at(v any, path string) (any, bool) {
	for path != "" {
		m := segment.FindStringSubmatch(path)
		if m == nil {
			return nil, false
		}
		path = path[len(m[0]):]
		switch inner := v.(type) {
		case map[string]any:
			if _, secret := inner[secretMark]; secret {
				return v, true
			}
			next, ok := inner[m[1]+m[3]]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			var index int
			if _, err := fmt.Sscan(m[2], &index); err != nil || index >= len(inner) {
				return nil, false
			}
			v = inner[index]
		default:
			return nil, false
		}
	}
	return v, true
}

// lines are what changes in a resource, a line for each property.
func (c change) lines() []string {
	var all []string
	for path, d := range c.DetailedDiff {
		before, had := c.Old.value(path, d.InputDiff)
		after, has := c.New.value(path, true)
		all = append(all, fmt.Sprintf("%s: %s => %s", path, show(before, had), show(after, has)))
	}
	slices.Sort(all)
	return all
}

// value is that of a property: as the program gives it, or as the provider found it.
func (s *state) value(path string, input bool) (any, bool) {
	if s == nil {
		return nil, false
	}
	first, second := s.Outputs, s.Inputs
	if input {
		first, second = second, first
	}
	if v, ok := at(map[string]any(first), path); ok {
		return v, true
	}
	return at(map[string]any(second), path)
}
