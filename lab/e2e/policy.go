package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// policy: each rule stops what breaks it, and nothing else.
func policy() scenario {
	return scenario{
		name: "policy", story: "each rule of the policy pack stops a stack that breaks it, alone, and the shipped stacks keep all of them",
		needs: cluster, leaves: cluster, long: true,
		steps: []step{
			{"the pack and what breaks its rules are compiled", compilePolicies},
			{"a preview of dev without changes, with the pack", previewWithPolicies},
			{"make up of the network that prod joins", withStack(prodNetworkStack, makeUp)},
			{"prod and its network keep every rule", prodKeepsRules},
			{"each rule stops the stack that breaks it, alone", eachRuleStops},
			{"make destroy of that network", withStack(prodNetworkStack, destroyStack)},
			{"so it does by the Automation API", automationStops},
			{"an exception lets it pass and is shown, an ended one does not", exceptionsShown},
		},
	}
}

// policyLimit is the promise for such a preview on two cores.
const policyLimit = 6 * time.Second

// compilePolicies does so once, so that no preview is measured with it.
func compilePolicies(ctx context.Context, st *stage) error {
	for _, build := range [][]string{
		{"go", "-C", "policy", "build", "-o", filepath.Join(st.root, "bin", "policy"), "."},
		{"go", "-C", "policy", "build", "-o", st.automation(), "./automation"},
		{"go", "build", "-o", st.breaker(), "./internal/policytest/program"},
	} {
		if _, err := st.tool(ctx, command{argv: build}); err != nil {
			return err
		}
	}
	return nil
}

func previewWithPolicies(ctx context.Context, st *stage) error {
	start := time.Now()
	out, err := st.pulumi(ctx, "preview", "--expect-no-changes", "--policy-pack", "policy")
	if err != nil {
		return err
	}
	took := time.Since(start)
	st.say("preview without changes and with policies took %.1f s", took.Seconds())
	if os.Getenv("SLIPWAY_E2E_TIMING") == "strict" && took > policyLimit {
		return fmt.Errorf("the preview took %s, the limit is %s", took.Round(time.Millisecond), policyLimit)
	}
	return onlySaid(out, nil)
}

func prodKeepsRules(ctx context.Context, st *stage) error {
	for _, stack := range []string{"prod-network", "prod"} {
		out, err := st.previewBroken(ctx, stack, func(text []byte) ([]byte, error) { return text, nil })
		if err == nil {
			err = onlySaid(out, nil)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", stack, err)
		}
	}
	return nil
}

func eachRuleStops(ctx context.Context, st *stage) error {
	list, err := st.tool(ctx, command{argv: []string{st.breaker(), "list"}})
	if err != nil {
		return err
	}
	var problems []error
	for line := range strings.Lines(list) {
		rule, stack, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err := st.breakRule(ctx, rule, stack); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", rule, err))
		}
	}
	return errors.Join(problems...)
}

// breakRule previews the stack that breaks a rule.
func (st *stage) breakRule(ctx context.Context, rule, stack string) error {
	out, err := st.previewBroken(ctx, stack, st.breaking(ctx, rule))
	if err := onlySaid(out, []string{rule}); err != nil {
		return err
	}
	if advised := saidRules(out)[rule] == "advisory"; advised == (err != nil) {
		return fmt.Errorf("the preview ended with: %w", errors.Join(err, errors.New("(no more)")))
	}
	return nil
}

// breaking changes a stack's file so that it breaks a rule.
func (st *stage) breaking(ctx context.Context, rule string) func([]byte) ([]byte, error) {
	return func(text []byte) ([]byte, error) {
		out, err := st.tool(ctx, command{argv: []string{st.breaker(), "configure", rule}, stdin: string(text), quiet: true})
		return []byte(out), err
	}
}

// automationStops breaks one rule, the way programs that embed Pulumi go.
func automationStops(ctx context.Context, st *stage) error {
	const rule = "no-open-ssh"
	out, err := st.inPolicyProject(ctx, devStack, st.breaking(ctx, rule), func(dir string) (string, error) {
		return st.tool(ctx, command{argv: []string{"-C", dir, st.automation(), policyStack, st.pack()}})
	})
	if err == nil {
		return errors.New("the preview passed")
	}
	return onlySaid(out, []string{rule})
}

func exceptionsShown(ctx context.Context, st *stage) error {
	const rule = "no-open-ssh"
	for until, excepted := range map[string]bool{"2999-12-31": true, "2020-01-01": false} {
		out, err := st.previewBroken(ctx, devStack, func(text []byte) ([]byte, error) {
			text, err := st.breaking(ctx, rule)(text)
			if err != nil {
				return nil, err
			}
			return edited(text, func(v values) {
				v.at("slipway:policy")["exceptions"] = []any{map[string]any{"rule": rule, "reason": "a test", "until": until}}
			})
		})
		want := []string{"exceptions"}
		if !excepted {
			want = append(want, rule)
		}
		if excepted != (err == nil) {
			return fmt.Errorf("an exception until %s: the preview ended with %w", until, errors.Join(err, errors.New("(no more)")))
		}
		if err := onlySaid(out, want); err != nil {
			return fmt.Errorf("an exception until %s: %w", until, err)
		}
		if !strings.Contains(out, until) || !strings.Contains(out, "a test") {
			return fmt.Errorf("an exception until %s is not shown", until)
		}
	}
	return nil
}

// saidRules are the policies that said something in a preview, with their levels.
// The CLI prints "- [mandatory]  <policy>  (<resource>)".
func saidRules(out string) map[string]string {
	said := map[string]string{}
	for line := range strings.Lines(out) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "- [")
		level, rest, closed := strings.Cut(rest, "]")
		if fields := strings.Fields(rest); ok && closed && len(fields) > 0 && (level == "mandatory" || level == "advisory") {
			said[fields[0]] = level
		}
	}
	return said
}

// onlySaid wants these policies to have said something, and no other.
func onlySaid(out string, want []string) error {
	var got []string
	for rule := range saidRules(out) {
		got = append(got, rule)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("broken rules are %q, want %q", got, want)
	}
	return nil
}
