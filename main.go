// Slipway deploys production Kubernetes clusters on OpenStack.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/stacks"
)

func main() {
	// The whole configuration map is needed to refuse unknown keys; a context
	// answers for known keys only.
	var settings map[string]string
	pulumi.Run(
		func(ctx *pulumi.Context) error { return stacks.Deploy(ctx, settings) },
		func(info *pulumi.RunInfo) { settings = info.Config },
	)
}
