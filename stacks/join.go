package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/internal/config"
	"slipway/internal/sharednetwork"
)

// stackOutputs is the engine's function that a StackReference reads by, too.
const stackOutputs = "pulumi:pulumi:readStackOutputs"

// unknownStack is how the engine begins to say that there is no such stack.
const unknownStack = "unknown stack"

// joinNetwork reads the network of the stack that the cluster names, and has the
// configuration checked against it. A reference alone would not do: when one
// cannot be read, the engine ends the run before the program can say what to do.
func joinNetwork(ctx *pulumi.Context, cfg *config.Config) (*sharednetwork.Network, field.ErrorList) {
	if !cfg.JoinsNetwork() || cfg.OnHosts() {
		return nil, nil
	}
	name := networkStack(ctx, cfg)
	var problems field.ErrorList
	refuse := func(format string, args ...any) {
		path := field.NewPath("slipway:network").Child("stack")
		problems = append(problems, field.Invalid(path, cfg.Network.Stack, fmt.Sprintf("the stack %s ", name)+fmt.Sprintf(format, args...)))
	}
	var answer struct {
		Outputs map[string]any `pulumi:"outputs"`
	}
	err := ctx.Invoke(stackOutputs, &networkQuery{Name: name}, &answer)
	switch {
	case err != nil && strings.Contains(err.Error(), unknownStack):
		refuse("does not exist (pulumi stack ls --all): pulumi stack init %s makes it", name)
		return nil, problems
	case err != nil && answer.Outputs == nil: // with outputs, it says that one is secret: then it is no network's stack
		refuse("cannot be read (pulumi stack output --stack %s): %v", name, err)
		return nil, problems
	}
	shared, wrong := sharednetwork.Parse(answer.Outputs[sharednetwork.Output])
	for _, problem := range wrong {
		refuse("%s: deploy it as one of kind %s with this release (pulumi up --stack %s)", problem, config.StackNetwork, name)
	}
	if shared == nil {
		return nil, problems
	}
	return shared, cfg.Join(config.SharedNetwork{
		CIDR: shared.CIDR, MTU: shared.MTU, DNSServers: shared.DNSServers, ExternalNetwork: shared.ExternalNetwork,
	})
}

// networkQuery asks for the outputs of a stack.
type networkQuery struct {
	Name string `pulumi:"name"`
}

// networkStack is the full name of the stack whose network the cluster joins.
func networkStack(ctx *pulumi.Context, cfg *config.Config) string {
	return config.FullStackName(cfg.Network.Stack, ctx.Organization(), ctx.Project())
}

// refer has the state say whose network the cluster is in.
func refer(ctx *pulumi.Context, cfg *config.Config) error {
	if !cfg.JoinsNetwork() {
		return nil
	}
	name := networkStack(ctx, cfg)
	_, err := pulumi.NewStackReference(ctx, cfg.Cluster.Name+"-shared-network", &pulumi.StackReferenceArgs{Name: pulumi.String(name)})
	if err != nil {
		return fmt.Errorf("referring to stack %q: %w", name, err)
	}
	return nil
}
