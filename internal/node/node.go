// Package node brings a server to where kubeadm takes over: the machine, its
// files, and everything that does not need the cluster. What control planes and
// workers do after that is theirs.
package node

import (
	"errors"
	"net/netip"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
	"slipway/internal/kubeadm"
	"slipway/internal/machine"
	"slipway/internal/nodeos"
)

const nodeType = "slipway:index:Node"

// Settings is what all nodes of one cluster share.
type Settings struct {
	// Cluster as kubeadm knows it; Endpoint and the addresses among CertSANs
	// are added when they are known. Required.
	Cluster kubeadm.Cluster
	// OS is the operating system in the images. Optional: Debian.
	OS nodeos.OS
	// Arch is the machines' architecture, e.g. amd64. Required.
	Arch string
	// CNI is the pod network. Required.
	CNI artifacts.CNI
	// Source is where files and images come from. Optional: upstream.
	Source artifacts.Source
	// Containerd tunes the container runtime. Optional.
	Containerd bootstrap.Containerd
	// IgnorePreflightErrors are kubeadm checks to treat as warnings. Optional.
	IgnorePreflightErrors []string
	// KeyPair is the name of the Nova keypair. Required.
	KeyPair pulumi.StringInput
	// SSH is how to log in. Required.
	SSH machine.SSH
	// Metadata and Tags are set on everything that carries them. Optional.
	Metadata map[string]string
	Tags     []string
}

// Hardware is what the nodes of one kind run on.
type Hardware struct {
	// Flavor and ImageID are looked up before. Required.
	Flavor  machine.Flavor
	ImageID string
	// Volumes are further disks. Optional: the root disk holds all.
	Volumes []machine.VolumeArgs
}

// Place is where one node runs.
type Place struct {
	// Zone is the availability zone. Optional: Nova picks.
	Zone string
	// Address is its fixed address. Optional: Neutron picks.
	Address netip.Addr
}

// Args describes one node.
type Args struct {
	Settings Settings
	Hardware Hardware
	// HostName is the name of the machine and of the Node. Required.
	HostName string
	// Zone is the availability zone. Optional: Nova picks.
	Zone string
	// Port is the node's own port. Required unless it exists already.
	Port *networking.Port
	// Existing is the machine, if it exists already. Optional: a server is made,
	// from Hardware, Zone, Port and ServerGroupID.
	Existing *machine.ExistingArgs
	// ServerGroupID spreads nodes over compute hosts. Optional.
	ServerGroupID pulumi.StringInput
	// Role of the node. Required.
	Role artifacts.Role
	// Labels and Taints are set when the node registers. Optional.
	Labels map[string]string
	Taints []kubeadm.Taint
	// Membership is what the node needs to know of its cluster. Required.
	Membership MembershipOutput
	// Proxy is a bootstrap.Proxy for a node that holds the API's virtual
	// address in turn. Required for artifacts.Proxy, else optional.
	Proxy pulumi.Output
	// EtcdSnapshots says how an etcd member saves its data. Optional.
	EtcdSnapshots bootstrap.Snapshots
	// IgnoreChanges names server properties whose change must not replace it. Optional.
	IgnoreChanges []string
}

// Node is a machine with everything in place for kubeadm.
type Node struct {
	pulumi.ResourceState

	machine.Machine
	// Prepared is there when the machine is ready for kubeadm.
	Prepared pulumi.Resource

	files pulumi.Output // of []bootstrap.File
}

// NewNode boots a machine and prepares it. Nothing here waits for the cluster,
// so all nodes do it side by side.
func NewNode(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Node, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	n := &Node{}
	if err := ctx.RegisterComponentResource(nodeType, name, n, opts...); err != nil {
		return nil, err
	}
	var err error
	if n.Machine, err = args.machine(ctx, name, pulumi.Parent(n)); err != nil {
		return nil, err
	}
	proxy := args.Proxy
	if proxy == nil {
		proxy = pulumi.Any(nil)
	}
	n.files = pulumi.All(args.Membership, n.Address, n.Devices, proxy).ApplyT(func(v []any) ([]bootstrap.File, error) {
		held, _ := v[3].(bootstrap.Proxy)
		return args.files(v[0].(Membership), v[1].(string), v[2].([]string), &held)
	})
	copied, err := n.Run(ctx, name, machine.Step{
		Name:    "files",
		Command: bootstrap.InstallCommand,
		Stdin:   n.files.ApplyT(func(v any) (string, error) { return bootstrap.Archive(v.([]bootstrap.File)) }).(pulumi.StringOutput),
		Secret:  true,
	})
	if err != nil {
		return nil, err
	}
	n.Prepared, err = n.Run(ctx, name, n.Step(bootstrap.Prepare), pulumi.DependsOn([]pulumi.Resource{copied}))
	if err != nil {
		return nil, err
	}
	if args.Proxy != nil {
		step := n.Step(bootstrap.StartProxy)
		step.Delete = bootstrap.Command(bootstrap.StopProxy)
		// The machine may be gone already, and then nothing is left to stop.
		n.Prepared, err = n.Run(ctx, name, step, pulumi.DependsOn([]pulumi.Resource{n.Prepared}), pulumi.DeletedWith(n.Root))
		if err != nil {
			return nil, err
		}
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"address": n.Address})
}

// machine makes the node's machine, or claims the one that exists.
func (args *Args) machine(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (machine.Machine, error) {
	if args.Existing != nil {
		e, err := machine.NewExisting(ctx, name, args.Existing, parent)
		if err != nil {
			return machine.Machine{}, err
		}
		return e.Machine, nil
	}
	s, err := machine.NewServer(ctx, name, &machine.ServerArgs{
		HostName:      args.HostName,
		OS:            args.Settings.OS,
		Flavor:        args.Hardware.Flavor,
		ImageID:       args.Hardware.ImageID,
		Zone:          args.Zone,
		ServerGroupID: args.ServerGroupID,
		KeyPair:       args.Settings.KeyPair,
		Port:          args.Port,
		SSH:           args.Settings.SSH,
		Volumes:       args.Hardware.Volumes,
		Metadata:      args.Settings.Metadata,
		Tags:          args.Settings.Tags,
		IgnoreChanges: args.IgnoreChanges,
	}, parent)
	if err != nil {
		return machine.Machine{}, err
	}
	return s.Machine, nil
}

// Step returns the remote step of that kind, which runs again when what it
// depends on changes.
func (n *Node) Step(s bootstrap.Step) machine.Step {
	digest := n.files.ApplyT(func(v any) string { return bootstrap.Digest(v.([]bootstrap.File), s) }).(pulumi.StringOutput)
	return machine.Step{
		Name:    string(s),
		Command: bootstrap.Command(s),
		// The digest says nothing about the secrets among the files.
		Triggers: pulumi.Array{pulumi.Unsecret(digest)},
	}
}

// Run runs a step on this machine, and again when the machine was replaced.
func (n *Node) Run(ctx *pulumi.Context, name string, step machine.Step, opts ...pulumi.ResourceOption) (pulumi.CustomResource, error) {
	step.Triggers = append(pulumi.Array{n.Root.ID()}, step.Triggers...)
	return machine.Run(ctx, name, n.Login, step, append(opts, pulumi.Parent(n))...)
}
