package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/components/bastion"
	"slipway/components/network"
	"slipway/components/sshkey"
	"slipway/components/workerpool"
	"slipway/internal/config"
	"slipway/internal/machine"
	"slipway/internal/node"
)

// deployOnOpenStack has OpenStack make what a cluster stands on, and the cluster.
func deployOnOpenStack(ctx *pulumi.Context, cfg *config.Config, problems field.ErrorList) error {
	shared, networkProblems := joinNetwork(ctx, cfg)
	problems = append(problems, networkProblems...)
	in, cloudErr := inspect(ctx, cfg)
	if cloudErr == nil {
		problems = append(problems, cfg.CheckCloud(in.facts)...)
	}
	sources, chartErr := getSources(ctx.Context(), cfg)
	if err := errors.Join(config.Report(ctx.Stack(), problems), cloudErr, chartErr); err != nil {
		return err
	}
	name := cfg.Cluster.Name
	if err := refer(ctx, cfg); err != nil {
		return err
	}
	net, err := network.NewNetwork(ctx, name, networkArgs(cfg, in, shared))
	if err != nil {
		return err
	}
	// Nothing in the network works before its router and its rules do.
	on := &ground{after: []pulumi.Resource{net}, cloud: in, network: net, sources: sources}
	key, err := sshkey.NewSSHKey(ctx, name+"-ssh")
	if err != nil {
		return err
	}
	on.settings = serverSettings(cfg, key)
	if cfg.HasBastion() {
		jump, err := bastion.NewBastion(ctx, cfg.BastionHost(), bastionArgs(cfg, in, net, key), pulumi.DependsOn(on.after))
		if err != nil {
			return err
		}
		ctx.Export("bastionAddress", jump.Address)
		on.settings.SSH.Jump = &machine.Jump{Host: jump.Address, HostKey: jump.HostKey}
	}
	// The addresses of the control plane exist before its servers: endpoint and
	// certificates need them.
	if on.plane, err = reservePlane(ctx, cfg, in, net, pulumi.DependsOn(on.after)); err != nil {
		return err
	}
	if on.api, err = deployEndpoint(ctx, cfg, net, on.plane, pulumi.DependsOn(on.after)); err != nil {
		return err
	}
	exportFlavors(ctx, in.facts.Flavors)
	on.workers = func(pool string) *workerpool.WorkerPoolArgs { return servers(cfg, in, net, pool) }
	return deployCluster(ctx, cfg, on)
}

// serverSettings are those of nodes that are made with the key and entered with it.
func serverSettings(cfg *config.Config, key *sshkey.SSHKey) node.Settings {
	s := settings(cfg)
	s.OS = cfg.OpenStack.OS
	s.KeyPair = key.Name
	s.SSH = machine.SSH{User: cfg.OpenStack.User, PrivateKey: key.PrivateKey}
	s.Metadata, s.Tags = metadata(cfg), tags(cfg)
	return s
}

// servers says what the nodes of a pool are made from in the cloud.
func servers(cfg *config.Config, in *cloud, net *network.Network, name string) *workerpool.WorkerPoolArgs {
	pool := cfg.WorkerPools[name]
	disks := []*machine.VolumeArgs{volume("containers", containerFolder, pool.ContainerVolume)}
	for i := range pool.StorageVolumes {
		disks = append(disks, volume(fmt.Sprintf("storage-%d", i+1), "", &pool.StorageVolumes[i]))
	}
	args := &workerpool.WorkerPoolArgs{
		Hardware:   hardware(in, pool.Flavor, pool.Image, disks...),
		Places:     map[string]node.Place{},
		Attachment: announcing(cfg, nodeAttachment(cfg, net)),
	}
	for name, n := range pool.Nodes {
		args.Places[name] = node.Place(n)
	}
	return args
}
