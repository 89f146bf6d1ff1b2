package rookceph

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/machine"
	"slipway/internal/release"
)

// checkDisks has each node say whether its disks may be taken.
func (a *RookCephArgs) checkDisks(ctx *pulumi.Context, parent pulumi.ResourceOption) ([]pulumi.Resource, error) {
	var checked []pulumi.Resource
	for _, host := range slices.Sorted(maps.Keys(a.Nodes)) {
		n := a.Nodes[host]
		paths := n.Disks.ToStringArrayOutput().ApplyT(func(paths []string) string {
			return strings.Join(paths, "\n") + "\n"
		}).(pulumi.StringOutput)
		step, err := machine.Run(ctx, host, n.Login, machine.Step{
			Name: "disks", Command: bootstrap.Command(bootstrap.CheckDisks), Stdin: paths, Triggers: pulumi.Array{paths},
		}, parent, pulumi.DependsOn(a.After), pulumi.DeletedWith(a.DeletedWith))
		if err != nil {
			return nil, err
		}
		checked = append(checked, step)
	}
	return checked, nil
}

// install creates the operator, then the Ceph cluster, and pools when it stores
// data: what is wrong with disks shows before anything waits for them, and pools go
// before the cluster does. It returns what is there when all is ready.
func (a *RookCephArgs) install(ctx *pulumi.Context, name string, checked []pulumi.Resource, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	operator, err := a.operator()
	if err != nil {
		return nil, err
	}
	cluster, pools, err := a.cluster()
	if err != nil {
		return nil, err
	}
	after := func(needed []pulumi.Resource) []pulumi.ResourceOption {
		return append(slices.Clone(opts), pulumi.DependsOn(needed))
	}
	made, err := release.Install(ctx, name, release.Args{Objects: operator, Namespace: namespace, After: a.After}, opts...)
	if err != nil {
		return nil, err
	}
	if a.DeleteData {
		step, err := a.clear(ctx, name, after(made)...)
		if err != nil {
			return nil, err
		}
		checked = append(checked, step)
	}
	made, err = release.Install(ctx, name, release.Args{Objects: cluster, Namespace: namespace}, after(slices.Concat(made, checked))...)
	if err != nil {
		return nil, err
	}
	stores, err := a.await(ctx, name, "stores", []string{"cephcluster/" + namespace}, after(made)...)
	if err != nil {
		return nil, err
	}
	made, err = release.Install(ctx, name, release.Args{Objects: pools, Namespace: namespace}, after([]pulumi.Resource{stores})...)
	if err != nil {
		return nil, err
	}
	return a.await(ctx, name, "ready", a.awaited(), after(made)...)
}

// clear waits, between the end of the Ceph cluster and that of Rook's operator, until the
// disks are clear.
func (a *RookCephArgs) clear(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return machine.Run(ctx, name, a.ControlPlane, machine.Step{
		Name:    "cleared",
		Command: "sudo -n true",
		Delete:  bootstrap.Command(bootstrap.ClearCeph) + " " + namespace,
	}, opts...)
}

// await waits until Rook says that objects are ready.
func (a *RookCephArgs) await(ctx *pulumi.Context, name, step string, objects []string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return machine.Run(ctx, name, a.ControlPlane, machine.Step{
		Name:     step,
		Command:  fmt.Sprintf("%s %s %d %s", bootstrap.Command(bootstrap.WaitCeph), namespace, a.disks(), strings.Join(objects, " ")),
		Triggers: pulumi.Array{pulumi.String(a.digest())},
	}, opts...)
}
