package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// secretMark is how an exported deployment marks a secret value; its plain
// text is JSON again.
const secretMark = "4dabf18193072939515e22adb298388d"

// stateNeedles collects the needles of a deployment that was exported with
// its secrets shown.
func stateNeedles(deployment []byte) ([]needle, error) {
	var state struct {
		Deployment struct {
			Resources []struct {
				URN             string
				Inputs, Outputs map[string]any
			}
		}
	}
	if err := json.Unmarshal(deployment, &state); err != nil {
		return nil, fmt.Errorf("reading the exported state: %w", err)
	}
	found := map[string]needle{}
	for _, r := range state.Deployment.Resources {
		owner := r.URN[strings.LastIndex(r.URN, "::")+2:]
		for text := range secretTexts([]any{r.Inputs, r.Outputs}, false) {
			for _, n := range needlesIn(text, owner) {
				// The resource that made a secret owns it; others only use it.
				if earlier, known := found[n.text]; !known || !earlier.hostKey() && n.hostKey() {
					found[n.text] = n
				}
			}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b needle) int { return strings.Compare(a.text, b.text) }), nil
}

// secretTexts yields every text inside a value that is marked secret.
func secretTexts(value any, secret bool) func(yield func(string) bool) {
	return func(yield func(string) bool) { walkSecrets(value, secret, yield) }
}

func walkSecrets(value any, secret bool, yield func(string) bool) bool {
	switch v := value.(type) {
	case string:
		return !secret || yield(v)
	case []any:
		for _, element := range v {
			if !walkSecrets(element, secret, yield) {
				return false
			}
		}
	case map[string]any:
		if plain, ok := v["plaintext"].(string); ok && v[secretMark] != nil {
			var inner any
			if json.Unmarshal([]byte(plain), &inner) != nil {
				inner = plain
			}
			return walkSecrets(inner, true, yield)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !walkSecrets(v[key], secret, yield) {
				return false
			}
		}
	}
	return true
}
