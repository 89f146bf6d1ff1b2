// Package policytest breaks the rules of package policy, each by one change of
// a real stack: of its configuration, of a resource that the program registers,
// or by one resource more. Tests and scenarios see that the rule says so, and
// that no other does.
package policytest

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Case breaks one rule.
type Case struct {
	// Rule is the id of the rule.
	Rule string
	// Stack is the stack to break: dev or prod.
	Stack string
	// Configure changes the stack's configuration.
	Configure func(Values)
	// Alter changes the arguments of a resource, and returns others in their place.
	Alter func(cluster string, args *pulumi.ResourceTransformationArgs)
	// Add registers resources beside those of the stack.
	Add func(ctx *pulumi.Context, cluster string) error
}

// Values is the config section of a stack's file.
type Values map[string]any

// At returns the mapping below keys, made if it is not there.
func (v Values) At(keys ...string) Values {
	for _, key := range keys {
		inner, ok := v[key].(map[string]any)
		if !ok {
			inner = map[string]any{}
			v[key] = inner
		}
		v = inner
	}
	return v
}

// Break wraps a program so that it breaks the rule.
func (c Case) Break(cluster string, program pulumi.RunFunc) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		if c.Alter != nil {
			err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
				c.Alter(cluster, args)
				return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: args.Opts}
			})
			if err != nil {
				return err
			}
		}
		if err := program(ctx); err != nil || c.Add == nil {
			return err
		}
		return c.Add(ctx, cluster)
	}
}

// Find returns the case of a rule.
func Find(rule string) (Case, bool) {
	for _, c := range Cases() {
		if c.Rule == rule {
			return c, true
		}
	}
	return Case{}, false
}

// Cases are all there are. The rule one-member-at-a-time is not among them: it
// takes a cluster that is there.
func Cases() []Case {
	return append(append(configured(), altered()...), added()...)
}

// anywhere is an address range of everybody, in YAML.
var anywhere = []any{"0.0.0.0/0"}

// configured are broken by what the stack's file says.
func configured() []Case {
	return []Case{
		{Rule: "no-open-ssh", Stack: "dev", Configure: func(v Values) { v.At("slipway:access")["ssh"] = anywhere }},
		{Rule: "no-open-api", Stack: "dev", Configure: func(v Values) { v.At("slipway:access")["api"] = anywhere }},
		{Rule: "enough-control-planes", Stack: "prod", Configure: func(v Values) {
			v.At("slipway:controlPlane")["nodes"] = map[string]any{"cp1": map[string]any{}}
		}},
		{Rule: "control-planes-apart", Stack: "prod", Configure: func(v Values) {
			v.At("slipway:controlPlane")["serverGroupPolicy"] = "soft-anti-affinity"
		}},
		{Rule: "etcd-on-volumes", Stack: "prod", Configure: func(v Values) { delete(v, "slipway:etcd") }},
		{Rule: "protected-in-production", Stack: "prod", Configure: func(v Values) { v.At("slipway:cluster")["protect"] = false }},
		{Rule: "volume-types", Stack: "prod", Configure: func(v Values) {
			v.At("slipway:policy", "limits")["volumeTypes"] = []any{"encrypted"}
		}},
		{Rule: "within-limits", Stack: "dev", Configure: func(v Values) { v.At("slipway:policy", "limits")["servers"] = 1 }},
		{Rule: "supported-kubernetes", Stack: "dev", Configure: func(v Values) {
			v.At("slipway:policy", "limits")["supportDays"] = 3650
		}},
	}
}
