// Package stacks composes the components into what one stack deploys. It is the
// only place that reads the configuration.
package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/config"
)

// Deploy deploys the kind of stack that the settings ask for. Settings are the
// stack's whole configuration, as Pulumi hands it to the program. Nothing is
// registered before the configuration is known to be right, by itself and
// against the cloud.
func Deploy(ctx *pulumi.Context, settings map[string]string) error {
	cfg, problems := config.Load(settings)
	facts, cloudErr := inspect(ctx, cfg)
	if cloudErr == nil {
		problems = append(problems, cfg.CheckCloud(facts.facts)...)
	}
	if err := errors.Join(config.Report(ctx.Stack(), problems), cloudErr); err != nil {
		return err
	}
	switch cfg.Stack {
	case config.StackCluster:
		return deployCluster(ctx, cfg, facts)
	default:
		return fmt.Errorf("slipway:stack: %q is not a kind of stack", cfg.Stack)
	}
}
