// Package readiness owns the gate that opens when a cluster is usable: what
// needs a working cluster depends on it, and `up` ends with it.
package readiness

import (
	"errors"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/machine"
)

const readinessType = "slipway:index:Readiness"

// ReadinessArgs says what has to be ready.
type ReadinessArgs struct {
	// ControlPlane leads into a control-plane node. Required, secret.
	ControlPlane machine.Login
	// Nodes are the names of the nodes that must be Ready. Required.
	Nodes []string
	// Machines are the ids of their servers: a replaced one is waited for again. Required.
	Machines pulumi.StringArray
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// Readiness is there when all nodes are Ready and the cluster's own deployments
// are available.
type Readiness struct {
	pulumi.ResourceState
}

// NewReadiness waits for the nodes and says which one is not ready, and why.
func NewReadiness(ctx *pulumi.Context, name string, args *ReadinessArgs, opts ...pulumi.ResourceOption) (*Readiness, error) {
	if args == nil || len(args.Nodes) == 0 || args.DeletedWith == nil {
		return nil, errors.New("args.Nodes and args.DeletedWith are required")
	}
	r := &Readiness{}
	if err := ctx.RegisterComponentResource(readinessType, name, r, opts...); err != nil {
		return nil, err
	}
	nodes := slices.Sorted(slices.Values(args.Nodes))
	_, err := machine.Run(ctx, name, args.ControlPlane, machine.Step{
		Name:     string(bootstrap.WaitNodes),
		Command:  bootstrap.Command(bootstrap.WaitNodes),
		Stdin:    pulumi.String(strings.Join(nodes, "\n") + "\n"),
		Triggers: pulumi.Array{args.Machines},
	}, pulumi.Parent(r), pulumi.DeletedWith(args.DeletedWith))
	if err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}
