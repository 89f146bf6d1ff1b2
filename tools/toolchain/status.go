package main

import (
	"context"
	"encoding/json"
	"os"
)

// status says what is there and where it came from.
func (w *workspace) status() error {
	w.say("cache: %s", w.cache)
	for _, group := range []struct {
		name, record string
		items        []item
	}{
		{"tools", w.in("toolchain", "COMPLETE"), pulumiItems(w.pins)},
		{"artifacts", w.in("artifacts", "COMPLETE"), artifactItems(w.pins)},
	} {
		var c choice
		content, err := os.ReadFile(group.record)
		if err == nil && json.Unmarshal(content, &c) == nil {
			w.say("%s: %s: %s", group.name, c.Source, c.Reason)
		} else {
			w.say("%s: not complete", group.name)
		}
		if err == nil && c.Source != fromModules {
			continue
		}
		for _, i := range group.items {
			key, err := w.key(i)
			if err != nil {
				return err
			}
			state := "to be built"
			if w.fresh(i, key) {
				state = "up to date"
			}
			w.say("  %-28s %s", i.name, state)
		}
	}
	return nil
}

// linter provides staticcheck.
func (w *workspace) linter(ctx context.Context) error {
	_, err := w.build(ctx, []item{linterItem()})
	return err
}
