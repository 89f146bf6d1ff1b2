package stacks

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/config"
	"slipway/internal/policy"
	"slipway/internal/policytest"
	"slipway/internal/pulumitest"
)

// ruleDay is the day on which rules run in tests, within the support of all releases.
var ruleDay = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

// brokenRules lists the rules that a stack breaks, once each, as the engine asks them:
// for each resource with its inputs, for the stack with all outputs.
func brokenRules(t *testing.T, settings map[string]string, recorded *pulumitest.Recorded) []string {
	t.Helper()
	cfg, problems := config.Load(settings)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	set := policy.FromConfig(cfg, ruleDay)
	stack := policy.Stack{{URN: "urn:pulumi:test::slipway::pulumi:pulumi:Stack::test", Type: "pulumi:pulumi:Stack", Name: "test", Properties: properties(recorded.Outputs)}}
	var ids []string
	for _, rule := range policy.Rules() {
		count := 0
		for _, r := range recorded.Resources {
			count += len(rule.CheckResource(seen(r, r.Inputs), set))
		}
		if count > 0 {
			ids = append(ids, rule.ID)
		}
	}
	for _, r := range recorded.Resources {
		known := seen(r, r.Outputs)
		known.Properties = policy.Known(properties(r.Inputs), properties(r.Outputs))
		stack = append(stack, known)
	}
	for _, rule := range policy.Rules() {
		if len(rule.CheckStack(stack, set)) > 0 {
			ids = append(ids, rule.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// seen is a resource as a rule sees it.
func seen(r pulumitest.Resource, m resource.PropertyMap) policy.Resource {
	return policy.Resource{URN: r.URN, Type: r.Type, Name: r.Name, Parent: r.Parent, Protect: r.Protect, Properties: properties(m)}
}

func properties(m resource.PropertyMap) property.Map { return resource.FromResourcePropertyMap(m) }

// What is shipped keeps every rule, on the first preview and afterwards.
func TestShippedStacksKeepTheRules(t *testing.T) {
	for _, stack := range []string{"dev", "prod", "prod-network"} {
		for name, mode := range map[string][]pulumitest.Option{"up": nil, "preview": {pulumitest.Preview()}} {
			t.Run(stack+" "+name, func(t *testing.T) {
				settings := shipped(t, stack)
				if ids := brokenRules(t, settings, mustRun(t, stack, settings, mode...)); len(ids) > 0 {
					t.Errorf("breaks %v", ids)
				}
			})
		}
	}
}

// So do the examples.
func TestExamplesKeepTheRules(t *testing.T) {
	haveSources(t)
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			var recorded *pulumitest.Recorded
			settings := map[string]string{}
			if name == "hosts" {
				settings = onHosts(t)
				recorded, err = runOnHosts(t, settings, answers(nil))
			} else {
				for key, value := range readStackFile(t, file) {
					settings[key] = encode(t, value)
				}
				recorded, err = run(t, name, settings)
			}
			if err != nil {
				t.Fatal(err)
			}
			if ids := brokenRules(t, settings, recorded); len(ids) > 0 {
				t.Errorf("breaks %v", ids)
			}
		})
	}
}

// Each rule is broken by its case, and by no other; what a preview does not know
// yet it may pass over, but an update sees it.
func TestEachRuleIsBrokenByItsCaseAlone(t *testing.T) {
	for _, c := range policytest.Cases() {
		t.Run(c.Rule, func(t *testing.T) {
			settings := shipped(t, c.Stack)
			if c.Configure != nil {
				settings = configured(t, settings, c.Configure)
			}
			program := c.Break(c.Stack, func(ctx *pulumi.Context) error { return Deploy(ctx, settings) })
			for _, preview := range []bool{false, true} {
				opts := site(t, c.Stack, settings)
				if preview {
					opts = append(opts, pulumitest.Preview())
				}
				recorded, err := pulumitest.RunErr(t, program, opts...)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{c.Rule}, brokenRules(t, settings, recorded)); diff != "" {
					t.Errorf("preview %v: rules broken (-want +got):\n%s", preview, diff)
				}
			}
		})
	}
}

// configured changes a configuration as its file would be.
func configured(t *testing.T, settings map[string]string, change func(policytest.Values)) map[string]string {
	t.Helper()
	all := policytest.Values{}
	for key, text := range settings {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			value = text
		}
		all[key] = value
	}
	change(all)
	out := map[string]string{}
	for key, value := range all {
		out[key] = encode(t, value)
	}
	return out
}

// Every rule but the one that takes an older state has a case that breaks it.
func TestEveryRuleHasACase(t *testing.T) {
	var want, got []string
	for _, rule := range policy.Rules() {
		if rule.ID != "one-member-at-a-time" {
			want = append(want, rule.ID)
		}
	}
	for _, c := range policytest.Cases() {
		got = append(got, c.Rule)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cases (-rules +cases):\n%s", diff)
	}
}
