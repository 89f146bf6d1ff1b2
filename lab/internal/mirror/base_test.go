package mirror

import (
	"slices"
	"testing"
)

// TestBases pins that what has a recipe is built in some order, and under a name of
// its own.
func TestBases(t *testing.T) {
	var names []string
	for name, recipe := range recipes {
		if bases[name] == 0 {
			t.Errorf("%s has no place in the order", name)
		}
		if slices.Contains(names, recipe().Name) {
			t.Errorf("there are two recipes %s", recipe().Name)
		}
		names = append(names, recipe().Name)
	}
	if len(bases) != len(recipes)+1 {
		t.Errorf("of %d bases %d have a recipe", len(bases)-1, len(recipes))
	}
}
