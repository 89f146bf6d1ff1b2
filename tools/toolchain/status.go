package main

import (
	"context"
	"encoding/json"
	"os"
)

// status says what is there and where it came from. Add-ons that no stack asked
// for are listed as not complete.
func (w *workspace) status() error {
	w.say("cache: %s", w.cache)
	if err := w.statusOf("tools", w.in("toolchain", "COMPLETE"), pulumiItems(w.pins)); err != nil {
		return err
	}
	for _, g := range w.pins.groups() {
		if err := w.statusOf(g.name, w.in("artifacts", g.record), g.items); err != nil {
			return err
		}
	}
	return nil
}

func (w *workspace) statusOf(name, record string, items []item) error {
	var c choice
	content, err := os.ReadFile(record)
	if err == nil && json.Unmarshal(content, &c) == nil {
		w.say("%s: %s: %s", name, c.Source, c.Reason)
	} else {
		w.say("%s: not complete", name)
	}
	if err == nil && c.Source != fromModules {
		return nil
	}
	for _, i := range items {
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
	return nil
}

// linter provides staticcheck.
func (w *workspace) linter(ctx context.Context) error {
	_, err := w.build(ctx, []item{linterItem()})
	return err
}
