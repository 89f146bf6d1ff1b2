package stacks

import (
	"errors"
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/components/controlplane"
	"slipway/components/workerpool"
	"slipway/internal/bootstrap"
	"slipway/internal/config"
	"slipway/internal/machine"
)

// deployOnHosts makes a cluster of machines that exist already.
func deployOnHosts(ctx *pulumi.Context, cfg *config.Config, problems field.ErrorList, ask askHosts) error {
	sources, chartErr := getSources(ctx.Context(), cfg)
	if err := errors.Join(config.Report(ctx.Stack(), problems), chartErr); err != nil {
		return err
	}
	if err := inspectHosts(ctx, cfg, ask); err != nil {
		return err
	}
	on := &ground{settings: settings(cfg), sources: sources}
	members, err := existingMachines(cfg)
	if err != nil {
		return err
	}
	on.plane = plane{
		nodes:   controlplane.Machines{Existing: pick(members, cfg.ControlPlane.Nodes)},
		etcd:    controlplane.Machines{Existing: pick(members, cfg.Etcd.Nodes)},
		proxies: controlplane.Machines{},
	}
	if p := cfg.Endpoint.Keepalived.Proxies; p != nil {
		on.plane.proxies.Existing = pick(members, p.Nodes)
	}
	if on.api, err = deployEndpoint(ctx, cfg, nil, on.plane); err != nil {
		return err
	}
	on.workers = func(pool string) *workerpool.WorkerPoolArgs {
		return &workerpool.WorkerPoolArgs{Existing: pick(members, cfg.WorkerPools[pool].Nodes)}
	}
	return deployCluster(ctx, cfg, on)
}

// existingMachines says how each machine is reached, claimed and released.
func existingMachines(cfg *config.Config) (map[string]machine.ExistingArgs, error) {
	claim, err := bootstrap.ClaimCommand(cfg.Cluster.Name)
	if err != nil {
		return nil, fmt.Errorf("slipway:cluster.name: %w", err)
	}
	ssh, members := hostSSH(cfg.Hosts), map[string]machine.ExistingArgs{}
	for name, m := range cfg.Hosts.Machines {
		members[name] = machine.ExistingArgs{
			Address: m.Address, HostKey: m.HostKey, SSH: ssh, Claim: claim, Release: bootstrap.ReleaseCommand,
		}
	}
	return members, nil
}

// hostSSH is how one logs in to the machines.
func hostSSH(h config.Hosts) machine.SSH {
	secret := func(s config.Secret) pulumi.StringInput {
		return pulumi.ToSecret(pulumi.String(string(s))).(pulumi.StringOutput)
	}
	ssh := machine.SSH{User: h.User, PrivateKey: secret(h.PrivateKey), Running: true}
	if h.SudoPassword != "" {
		ssh.SudoPassword = secret(h.SudoPassword)
	}
	if j := h.Jump; j != nil {
		ssh.Jump = &machine.Jump{Host: pulumi.String(j.Address), HostKey: pulumi.String(j.HostKey), User: j.User}
	}
	return ssh
}

// pick returns those of the machines that are nodes of a set.
func pick(members map[string]machine.ExistingArgs, nodes map[string]config.Node) map[string]machine.ExistingArgs {
	if len(nodes) == 0 {
		return nil
	}
	picked := maps.Clone(members)
	maps.DeleteFunc(picked, func(name string, _ machine.ExistingArgs) bool {
		_, is := nodes[name]
		return !is
	})
	return picked
}
