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
	// stack is the one that the scenario is about. Defaults to dev.
	stack string
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

// scenarios in the order in which one cluster serves most of them.
func scenarios() []scenario {
	return slices.Concat([]scenario{
		dev(), idempotent(), secrets(), badConfig(), policy(), faults(), unreachable(),
		ha(), prPreview(), plan(), drift(), vipFailover(), apiServerDown(), nodeLoss(), resume(),
		octavia(), dedicatedEtcd(), single(), onExistingHosts(), ccm(), cinderCSI(), metalLB(), ingress(), ingressKeepalived(), certificates(), dns01(), monitoring(), logging(), keystoneAuth(), externalDNS(), importing(), sharedNetwork(), rook(), rookZones(),
	}, podNetworks(), []scenario{destroy()})
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
		fmt.Fprintf(text, "  %-15s %s%s\n", s.name, s.story, note)
	}
	return text.String()
}
