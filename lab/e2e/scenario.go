package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// scenario is one story with an end that is checked.
type scenario struct {
	name  string
	story string
	// needs is what must stand before the first step; it is made so.
	needs state
	// leaves is what stands after the last step.
	leaves state
	// long keeps the scenario out of the default run, which has to fit CI's time.
	long  bool
	steps []step
}

type step struct {
	title string
	do    func(context.Context, *stage) error
}

// state is how much of the local cloud and of the dev stack exists.
type state string

const (
	unknown state = "unknown" // after a failure
	nothing state = "nothing" // no cloud, no stack
	cloud   state = "cloud"   // a healthy cloud, an empty project
	cluster state = "cluster" // a healthy dev cluster
)

// scenarios in the order in which one cluster serves most of them.
func scenarios() []scenario {
	return []scenario{dev(), idempotent(), secrets(), badConfig(), faults(), unreachable(), resume(), destroy()}
}

// choose returns the named scenarios in running order; without names the default run.
func choose(names string) ([]scenario, error) {
	all := scenarios()
	if names == "" {
		return slices.DeleteFunc(all, func(s scenario) bool { return s.long }), nil
	}
	wanted := strings.Split(names, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(all, func(s scenario) bool { return s.name == name }) {
			return nil, fmt.Errorf("there is no scenario %q; known are\n%s", name, list())
		}
	}
	return slices.DeleteFunc(all, func(s scenario) bool { return !slices.Contains(wanted, s.name) }), nil
}

func list() string {
	text := &strings.Builder{}
	for _, s := range scenarios() {
		note := ""
		if s.long {
			note = " (not in the default run)"
		}
		fmt.Fprintf(text, "  %-12s %s%s\n", s.name, s.story, note)
	}
	return text.String()
}
