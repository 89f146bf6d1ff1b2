package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/components/network"
	"slipway/internal/config"
	"slipway/internal/sharednetwork"
)

// deployNetwork deploys a network alone, and says to other stacks how to join it.
func deployNetwork(ctx *pulumi.Context, cfg *config.Config, problems field.ErrorList) error {
	in, cloudErr := inspect(ctx, cfg)
	if cloudErr == nil {
		problems = append(problems, cfg.CheckCloud(in.facts)...)
	}
	if err := errors.Join(config.Report(ctx.Stack(), problems), cloudErr); err != nil {
		return err
	}
	users, err := clustersIn(ctx, cfg.Network.Name)
	if err != nil {
		return err
	}
	guard, err := ctx.RegisterResourceHook(cfg.Network.Name+"-users", keepUsed(cfg.Network.Name, users), nil)
	if err != nil {
		return fmt.Errorf("registering what guards network %q: %w", cfg.Network.Name, err)
	}
	net, err := network.NewNetwork(ctx, cfg.Network.Name, &network.NetworkArgs{
		CIDR:              cfg.Network.CIDR,
		DNSServers:        cfg.Network.DNSServers,
		MTU:               cfg.Network.MTU,
		ExternalNetworkID: in.network,
		Alone:             true,
		Protect:           cfg.Network.Protect,
		BeforeDelete:      guard,
		Tags:              []string{networkMark(cfg.Network.Name)},
	})
	if err != nil {
		return err
	}
	ctx.Export(sharednetwork.Output, sharednetwork.Outputs(
		sharednetwork.Network{Name: cfg.Network.Name, CIDR: cfg.Network.CIDR, DNSServers: cfg.Network.DNSServers, ExternalNetwork: cfg.OpenStack.ExternalNetwork},
		sharednetwork.IDs{NetworkID: net.NetworkID, SubnetID: net.SubnetID, RouterID: net.RouterID, MTU: net.MTU},
	))
	return nil
}
