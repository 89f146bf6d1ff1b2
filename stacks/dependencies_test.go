package stacks

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/pulumitest"
)

// Regression: a dependency on a component left out what was registered below it a
// moment before. It did so at random, so this asks often.
func TestDependenciesOnComponentsAreComplete(t *testing.T) {
	const components, children = 50, 5
	key := func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := tls.NewPrivateKey(ctx, name, &tls.PrivateKeyArgs{Algorithm: pulumi.String("ED25519")}, opts...)
		return err
	}
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		if err := completeDependencies(ctx); err != nil {
			return err
		}
		for i := range components {
			outer, err := pulumitest.Component(ctx, fmt.Sprintf("outer-%d", i))
			if err != nil {
				return err
			}
			inner := &pulumi.ResourceState{}
			if err := ctx.RegisterComponentResource("test:index:Inner", fmt.Sprintf("inner-%d", i), inner, pulumi.Parent(outer)); err != nil {
				return err
			}
			for j := range children {
				if err := key(ctx, fmt.Sprintf("child-%d-%d", i, j), pulumi.Parent(inner)); err != nil {
					return err
				}
			}
			if err := key(ctx, fmt.Sprintf("dependent-%d", i), pulumi.DependsOn([]pulumi.Resource{outer})); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range components {
		if got := len(recorded.Get(t, keyType, fmt.Sprintf("dependent-%d", i)).DependsOn); got != children {
			t.Errorf("the %dth depends on %d resources, want %d", i, got, children)
		}
	}
}
