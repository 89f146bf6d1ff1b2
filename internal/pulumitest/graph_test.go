package pulumitest

import (
	"testing"

	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
)

func TestGraph(t *testing.T) {
	recorded := Run(t, func(ctx *pulumi.Context) error {
		var component pulumi.ResourceState
		if err := ctx.RegisterComponentResource("slipway:index:Thing", "thing", &component); err != nil {
			return err
		}
		network, err := networking.NewNetwork(ctx, "thing-network", &networking.NetworkArgs{
			Tags: pulumi.ToStringArray([]string{"a", "b"}),
		}, pulumi.Parent(&component), pulumi.Protect(true))
		if err != nil {
			return err
		}
		port, err := networking.NewPort(ctx, "thing-port", &networking.PortArgs{
			NetworkId: network.ID(),
			FixedIps:  networking.PortFixedIpArray{networking.PortFixedIpArgs{IpAddress: pulumi.String("10.0.0.9")}},
		}, pulumi.Parent(&component), pulumi.DeletedWith(network), pulumi.IgnoreChanges([]string{"tags"}))
		if err != nil {
			return err
		}
		_, err = remote.NewCommand(ctx, "thing-command", &remote.CommandArgs{
			Connection: remote.ConnectionArgs{Host: port.AllFixedIps.Index(pulumi.Int(0))},
			Create:     pulumi.String("first line\nsecond line"),
			Triggers:   pulumi.Array{port.AllFixedIps.Index(pulumi.Int(0))},
		}, pulumi.Parent(&component))
		return err
	})
	golden.Assert(t, "graph.txt", recorded.Graph())
}
