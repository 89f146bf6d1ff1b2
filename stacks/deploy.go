// Package stacks composes the components into what one stack deploys. It is the
// only place that reads the configuration.
package stacks

import (
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/config"
	"slipway/internal/policy"
	"slipway/internal/survey"
)

// Deploy deploys the kind of stack that the settings ask for. Settings are the
// stack's whole configuration, as Pulumi hands it to the program. Nothing is
// registered before the configuration is known to be right, by itself and
// against the cloud or the machines that exist.
func Deploy(ctx *pulumi.Context, settings map[string]string) error {
	return deploy(ctx, settings, survey.Ask)
}

func deploy(ctx *pulumi.Context, settings map[string]string, ask askHosts) error {
	if err := completeDependencies(ctx); err != nil {
		return err
	}
	cfg, problems := config.Load(settings)
	problems = append(problems, policy.CheckExceptions(cfg)...)
	problems = append(problems, cfg.CheckNeighbours(self(ctx), os.DirFS("."))...) // Pulumi runs programs in the project's folder
	if cfg.Stack == config.StackNetwork {
		return deployNetwork(ctx, cfg, problems)
	}
	if cfg.OnHosts() {
		return deployOnHosts(ctx, cfg, problems, ask)
	}
	return deployOnOpenStack(ctx, cfg, problems)
}

func self(ctx *pulumi.Context) config.Self {
	return config.Self{Organization: ctx.Organization(), Project: ctx.Project(), Stack: ctx.Stack()}
}
