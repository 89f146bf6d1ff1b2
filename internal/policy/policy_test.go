package policy

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipway/internal/config"
)

// name is the form of ids, which are words of messages, of links and of JSON.
var name = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// A rule without words helps nobody.
func TestRulesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if !name.MatchString(r.ID) || seen[r.ID] {
			t.Errorf("%q is no id, or there are two", r.ID)
		}
		seen[r.ID] = true
		if r.Level != Mandatory && r.Level != Advisory {
			t.Errorf("%s has the level %q", r.ID, r.Level)
		}
		if (r.Resource == nil) == (r.Stack == nil) {
			t.Errorf("%s must be about a resource or about the stack", r.ID)
		}
		for what, text := range map[string]string{"title": r.Title, "why": r.Why, "mend": r.Mend} {
			if len(text) < 10 || strings.HasSuffix(text, ".") != (what == "why") {
				t.Errorf("%s: its %s is %q", r.ID, what, text)
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("there are %d rules", len(seen))
	}
}

// The limits that rules name are those of the configuration, and each is read.
func TestLimitsExist(t *testing.T) {
	used := map[string]bool{}
	for _, r := range Rules() {
		for _, l := range r.Limits {
			used[l] = true
		}
	}
	for _, key := range config.LimitKeys() {
		if !used[key] {
			t.Errorf("no rule reads slipway:policy.limits.%s", key)
		}
		delete(used, key)
	}
	for key := range used {
		t.Errorf("slipway:policy.limits.%s does not exist", key)
	}
}

// Rules are in the order of their themes, the same each time.
func TestRulesHaveAnOrder(t *testing.T) {
	ids := func() (all []string) {
		for _, r := range Rules() {
			all = append(all, r.ID)
		}
		return all
	}
	if !slices.Equal(ids(), ids()) {
		t.Error("the order changes")
	}
}
