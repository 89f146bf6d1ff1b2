package main

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"slipway/internal/config"
	"slipway/internal/policy"
)

// exceptionsID names the policy that shows the stack's exceptions. It is none of
// the rules: nothing breaks it.
const exceptionsID = "exceptions"

// version is the pack's, as in PulumiPolicy.yaml.
var version = semver.MustParse("0.1.0")

// pack is the rules for one stack.
type pack struct {
	settings policy.Settings

	mu     sync.Mutex
	inputs map[string]property.Map // by URN, as the engine has shown them
	passed map[string]int          // problems that exceptions let pass, by rule
}

// newPack reads the settings of the stack from its configuration. What is wrong
// with that is for the program to say.
func newPack(ctx *pulumi.Context, now time.Time) (policyx.PolicyPack, error) {
	raw := map[string]string{}
	for _, key := range config.Keys() {
		if value, ok := ctx.GetConfig(key); ok {
			raw[key] = value
		}
	}
	cfg, _ := config.Load(raw)
	p := &pack{settings: policy.FromConfig(cfg, now), inputs: map[string]property.Map{}, passed: map[string]int{}}
	// The engine shows the stack to the policies in their order: the exceptions
	// are told last, when it is known what they let pass.
	return policyx.NewPolicyPack("slipway", version, policyx.EnforcementLevelMandatory, append(p.policies(), p.exceptions()))
}

func (p *pack) policies() []policyx.Policy {
	var all []policyx.Policy
	for _, rule := range policy.Rules() {
		if rule.WholeStack() {
			all = append(all, p.stackPolicy(rule))
		} else {
			all = append(all, p.resourcePolicy(rule))
		}
	}
	return all
}

func (p *pack) resourcePolicy(rule policy.Rule) policyx.Policy {
	return policyx.NewResourceValidationPolicy(rule.ID, policyx.ResourceValidationPolicyArgs{
		Description: rule.Title, EnforcementLevel: level(rule),
		ValidateResource: func(_ context.Context, args policyx.ResourceValidationArgs) error {
			r := seen(args.Resource)
			p.mu.Lock()
			p.inputs[r.URN] = r.Properties
			p.mu.Unlock()
			p.report(rule, rule.CheckResource(r, p.settings), args.Manager)
			return nil
		},
	})
}

func (p *pack) stackPolicy(rule policy.Rule) policyx.Policy {
	return policyx.NewStackValidationPolicy(rule.ID, policyx.StackValidationPolicyArgs{
		Description: rule.Title, EnforcementLevel: level(rule),
		ValidateStack: func(_ context.Context, args policyx.StackValidationArgs) error {
			p.report(rule, rule.CheckStack(p.stack(args.Resources), p.settings), args.Manager)
			return nil
		},
	})
}

// stack is all resources, with what is known of each. The engine shows them in
// the order in which they happened to come.
func (p *pack) stack(resources []policyx.AnalyzerResource) policy.Stack {
	p.mu.Lock()
	defer p.mu.Unlock()
	stack := make(policy.Stack, 0, len(resources))
	for _, r := range resources {
		known := seen(r)
		known.Properties = policy.Known(p.inputs[r.URN], r.Properties)
		stack = append(stack, known)
	}
	slices.SortFunc(stack, func(a, b policy.Resource) int { return cmp.Compare(a.URN, b.URN) })
	return stack
}

// report tells the engine what was found, or remembers that the stack may break
// the rule.
func (p *pack) report(rule policy.Rule, findings []policy.Finding, manager policyx.PolicyManager) {
	if p.settings.Excepted(rule.ID) {
		p.mu.Lock()
		p.passed[rule.ID] += len(findings)
		p.mu.Unlock()
		return
	}
	for _, f := range findings {
		manager.ReportViolation(f.Message, f.URN)
	}
}

// exceptions shows the stack's exceptions at each run.
func (p *pack) exceptions() policyx.Policy {
	return policyx.NewStackValidationPolicy(exceptionsID, policyx.StackValidationPolicyArgs{
		Description: "Exceptions are shown", EnforcementLevel: policyx.EnforcementLevelAdvisory,
		ValidateStack: func(_ context.Context, args policyx.StackValidationArgs) error {
			for _, e := range p.settings.Exceptions() {
				p.mu.Lock()
				passed := p.passed[e.Rule]
				p.mu.Unlock()
				args.Manager.ReportViolation(e.Shown(passed), "")
			}
			return nil
		},
	})
}

func level(rule policy.Rule) policyx.EnforcementLevel {
	if rule.Level == policy.Advisory {
		return policyx.EnforcementLevelAdvisory
	}
	return policyx.EnforcementLevelMandatory
}

// seen is a resource as rules see it.
func seen(r policyx.AnalyzerResource) policy.Resource {
	return policy.Resource{
		URN: r.URN, Type: r.Type, Name: r.Name, Parent: r.Parent, Properties: r.Properties, Protect: r.Options.Protect,
	}
}
