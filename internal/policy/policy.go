// Package policy owns the rules that a stack must keep, as pure functions over
// the resources that a program registers. It knows neither the engine nor how
// resources reach it: the pack in policy/ hands them over.
package policy

import (
	"fmt"
	"slices"
)

// Level says what a broken rule does.
type Level string

// The levels.
const (
	// Mandatory stops the preview or update.
	Mandatory Level = "mandatory"
	// Advisory is shown and stops nothing.
	Advisory Level = "advisory"
)

// Rule is one thing that stacks must keep. It has either Resource or Stack.
type Rule struct {
	// ID names the rule, in messages, exceptions and the pack's configuration.
	ID string
	// Level is what breaking it does unless the pack's configuration says otherwise.
	Level Level
	// Title says in one line what must hold.
	Title string
	// Why says what goes wrong otherwise, Mend what to change.
	Why, Mend string
	// Limits are the keys below slipway:policy.limits that the rule reads.
	Limits []string
	// Production rules hold for stacks with slipway:policy.production alone.
	Production bool
	// Types are the types that Resource is for; empty: all of them.
	Types []string
	// Resource says what is wrong with one resource, from its inputs.
	Resource func(Resource, Settings) []string
	// Stack says what is wrong with all resources together, from their outputs.
	Stack func(Stack, Settings) []Finding
}

// Finding is a rule broken by a resource; without URN, by the stack.
type Finding struct {
	URN, Message string
}

// WholeStack tells a rule for all resources from one for each.
func (r Rule) WholeStack() bool { return r.Stack != nil }

// Rules are all there are, by theme. A rule that sees an unknown value says
// nothing about it: the engine asks again once the value is known.
func Rules() []Rule {
	return slices.Concat(
		controlPlaneRules(), changeRules(), networkRules(), accessRules(), storageRules(), sizeRules(),
		secretRules(), keyRules(), imageRules(), workloadRules(), versionRules(),
	)
}

// CheckResource returns what is wrong with one resource.
func (r Rule) CheckResource(resource Resource, s Settings) []Finding {
	if r.Resource == nil || r.Production && !s.Production || len(r.Types) > 0 && !slices.Contains(r.Types, resource.Type) {
		return nil
	}
	var findings []Finding
	for _, problem := range r.Resource(resource, s) {
		findings = append(findings, r.finding(resource, problem))
	}
	return findings
}

// CheckStack returns what is wrong with all resources together.
func (r Rule) CheckStack(stack Stack, s Settings) []Finding {
	if r.Stack == nil || r.Production && !s.Production {
		return nil
	}
	findings := r.Stack(stack, s)
	for i := range findings {
		findings[i].Message += ". " + r.Mend
	}
	return findings
}

func (r Rule) finding(resource Resource, problem string) Finding {
	return Finding{URN: resource.URN, Message: fmt.Sprintf("%s: %s. %s", resource.Name, problem, r.Mend)}
}

// blame is a finding about one resource.
func blame(r Resource, format string, args ...any) Finding {
	return Finding{URN: r.URN, Message: r.Name + ": " + fmt.Sprintf(format, args...)}
}
