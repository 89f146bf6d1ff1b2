// Package rookceph owns the cluster's own storage: Rook's operator, the Ceph
// cluster that it runs on disks of the nodes, pools with their storage classes, and
// the CSI drivers that serve claims. It needs an API server and a Kubernetes
// provider, which the stack hands it.
package rookceph

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/machine"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:RookCeph"

// RookCephArgs says what Ceph stores, how, and where.
type RookCephArgs struct {
	// Sources are the charts and the manifest, as Get returns them. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// Nodes are those that store data, by host name. Required.
	Nodes map[string]StorageNode
	// FailureDomain is what no two copies share: host or zone. Required.
	FailureDomain string
	// OSDMemoryMB is what the daemon of a disk may use, in MiB. Required.
	OSDMemoryMB int
	// Block, Filesystem and ObjectStore are what there is. At least one.
	Block, Filesystem *Pool
	ObjectStore       *ObjectStore
	// ExternalCSI leaves the CSI drivers to somebody else. Optional.
	ExternalCSI bool
	// DeleteData has the disks cleared when the cluster is deleted. Optional.
	DeleteData bool
	// Monitored says that the kinds of Prometheus' operator are there. Optional.
	Monitored bool
	// ControlPlane leads into a control-plane node. Required, secret.
	ControlPlane machine.Login
	// After are the nodes and their pod network, without which no pod would get
	// ready. Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// StorageNode is a node that stores data.
type StorageNode struct {
	// Disks are the paths of its disks for Ceph. Required.
	Disks pulumi.StringArray
	// Login leads into it. Required, secret.
	Login machine.Login
	// Taints are those that its pods have to tolerate. Optional.
	Taints []Taint
}

// Taint keeps pods away that do not tolerate it.
type Taint struct{ Key, Value, Effect string }

// Pool is how data is kept of which claims get a part.
type Pool struct {
	// Replicas is the number of copies. Required.
	Replicas int
	// Default gives its storage class to claims that name none. Optional.
	Default bool
	// Retain keeps a volume whose claim is deleted. Optional.
	Retain bool
}

// ObjectStore is how buckets are kept and reached.
type ObjectStore struct {
	// Replicas is the number of copies, Gateways that of the pods that answer. Required.
	Replicas, Gateways int
}

// RookCeph is there when Ceph stores data on every disk.
type RookCeph struct {
	pulumi.ResourceState
}

// NewRookCeph installs it into the cluster of the Kubernetes provider in opts. It
// does not go while there are volumes or buckets of it, unless the cluster does.
func NewRookCeph(ctx *pulumi.Context, name string, args *RookCephArgs, opts ...pulumi.ResourceOption) (*RookCeph, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("storage %q: %w", name, err)
	}
	r := &RookCeph{}
	if err := ctx.RegisterComponentResource(typeToken, name, r, opts...); err != nil {
		return nil, fmt.Errorf("registering storage %q: %w", name, err)
	}
	parent, gone := pulumi.Parent(r), pulumi.DeletedWith(args.DeletedWith)
	checked, err := args.checkDisks(ctx, parent)
	if err != nil {
		return nil, fmt.Errorf("looking at the disks of storage %q: %w", name, err)
	}
	installed, err := args.install(ctx, name, checked, parent, gone)
	if err != nil {
		return nil, fmt.Errorf("installing storage %q: %w", name, err)
	}
	_, err = machine.Run(ctx, name, args.ControlPlane, machine.Step{
		Name:    "volumes",
		Command: "sudo -n true",
		Delete:  bootstrap.Command(bootstrap.CheckCeph),
	}, parent, gone, pulumi.DependsOn([]pulumi.Resource{installed}))
	if err != nil {
		return nil, fmt.Errorf("watching over the volumes of storage %q: %w", name, err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}

// disks is the number of all.
func (a *RookCephArgs) disks() int {
	n := 0
	for _, node := range a.Nodes {
		n += len(node.Disks)
	}
	return n
}

func (a *RookCephArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""}, {"Nodes", a.disks() == 0},
		{"FailureDomain", a.FailureDomain == ""}, {"OSDMemoryMB", a.OSDMemoryMB == 0},
		{"Block, Filesystem or ObjectStore", a.Block == nil && a.Filesystem == nil && a.ObjectStore == nil},
		{"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(errs...)
}
