package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// plan saves what was reviewed, and wants an update to do that or nothing.
func plan() scenario {
	s := &search{}
	return scenario{
		name: "plan", story: "an update with the plan of a review does what was reviewed, and refuses when the configuration has changed since",
		stack: haStack, needs: cluster, leaves: cluster, long: true,
		steps: []step{
			{"review what changes nothing, and save the plan", savePlan},
			{"after a further change, make up with the plan is refused and changes nothing", planRefuses},
			{"make up with the plan of what is unchanged", planIsKept},
			{"make up reports no change", secondUp},
			{"collect the secrets of the stack", s.collect},
			{"the plan does not hold them", s.inPlan},
		},
	}
}

func (st *stage) planFile() string { return filepath.Join(st.logs, "plan.json") }

func savePlan(ctx context.Context, st *stage) error {
	out, err := st.review(ctx, func(values) {}, "PLAN="+st.planFile())
	if err == nil && !strings.Contains(out, "Nothing changes") {
		err = fmt.Errorf("the review of nothing says\n%s", out)
	}
	return err
}

// planRefuses changes what the plan does not have: a security group's rule.
func planRefuses(ctx context.Context, st *stage) error {
	before, err := st.exported(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = st.writeStackFile() }()
	err = st.writeEdited(st.sourceFile(), func(v values) {
		overlays[st.stack](v)
		v.at("slipway:access")["api"] = []string{"10.79.0.0/24", "192.0.2.0/24"}
	})
	if err != nil {
		return err
	}
	out, err := st.run(ctx, command{argv: []string{"make", "up", "STACK=" + st.stack, "PLAN=" + st.planFile()}, env: os.Environ()})
	if err == nil {
		return errors.New("make up did what is not in the plan")
	}
	if !strings.Contains(out, "not allowed by the plan") {
		return fmt.Errorf("the error does not speak of the plan: %w", err)
	}
	after, err := st.exported(ctx)
	if err == nil && resourcesOf(before) != resourcesOf(after) {
		err = errors.New("the refused update changed the stack")
	}
	return err
}

// resourcesOf is a state without the time it was saved at.
func resourcesOf(state string) string {
	_, rest, _ := strings.Cut(state, `"resources"`)
	return rest
}

func planIsKept(ctx context.Context, st *stage) error {
	_, err := st.run(ctx, command{argv: []string{"make", "up", "STACK=" + st.stack, "PLAN=" + st.planFile()}, env: os.Environ()})
	return err
}

// inPlan looks for the stack's secrets in the saved plan.
func (s *search) inPlan(_ context.Context, st *stage) error {
	text, err := os.ReadFile(st.planFile())
	if err != nil {
		return err
	}
	return report(leaksIn(string(text), st.planFile(), s.needles))
}
