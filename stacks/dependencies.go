package stacks

import (
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// completeDependencies has whoever depends on a component depend on everything that
// was registered below it by then. By itself the SDK takes what it knows to be below
// at some later moment, which under load is not all of it yet: a floating IP could be
// asked for before its subnet was on a router. What is registered later may be among
// them, or not.
func completeDependencies(ctx *pulumi.Context) error {
	var mu sync.Mutex // some are registered while others are
	below := map[pulumi.Resource][]pulumi.Resource{}
	return ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		options, err := pulumi.NewResourceOptions(args.Opts...)
		if err != nil {
			return nil // and the registration itself says why
		}
		mu.Lock()
		defer mu.Unlock()
		if options.Parent != nil {
			below[options.Parent] = append(below[options.Parent], args.Resource)
		}
		var all []pulumi.Resource
		for _, dependency := range options.DependsOn {
			all = append(all, madeBelow(below, dependency)...)
		}
		if len(all) == 0 {
			return nil
		}
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: append(slices.Clone(args.Opts), pulumi.DependsOn(all))}
	})
}

// madeBelow are the resources below a component that somebody makes; below those the
// engine sees to the order.
func madeBelow(below map[pulumi.Resource][]pulumi.Resource, component pulumi.Resource) []pulumi.Resource {
	if _, custom := component.(pulumi.CustomResource); custom {
		return nil
	}
	var all []pulumi.Resource
	for _, child := range below[component] {
		if _, custom := child.(pulumi.CustomResource); custom {
			all = append(all, child)
		}
		all = append(all, madeBelow(below, child)...)
	}
	return all
}
