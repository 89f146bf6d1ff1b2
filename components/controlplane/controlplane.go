// Package controlplane owns the control plane of a cluster: its keys, its nodes
// and what makes them one.
package controlplane

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
	"slipway/internal/machine"
	"slipway/internal/node"
)

const controlPlaneType = "slipway:index:ControlPlane"

// ControlPlaneArgs describes the control plane of a cluster.
type ControlPlaneArgs struct {
	// Settings is what all nodes of the cluster share. Required.
	Settings node.Settings
	// Machines are the control-plane nodes, an odd number. Required.
	Machines Machines
	// Etcd are dedicated etcd members, an odd number. Optional: etcd runs on the
	// control planes.
	Etcd Machines
	// Proxies are machines that do nothing but hold the API's virtual address. Optional.
	Proxies Machines
	// VirtualAddress maps host names to what holds the virtual address on that
	// machine, each a bootstrap.Proxy. Required for Proxies, optional for the
	// control-plane nodes.
	VirtualAddress map[string]pulumi.Output
	// ServerGroupPolicy keeps several control planes, and several etcd members,
	// apart on the cloud's hosts. Required with more than one.
	ServerGroupPolicy string
	// EncryptionGeneration is the number of the key that encrypts Secrets at rest, from 1 up. Required.
	EncryptionGeneration int
	// EtcdSnapshots says how etcd members save their data. Optional.
	EtcdSnapshots bootstrap.Snapshots
	// Endpoint is how the API is reached. Required.
	Endpoint node.Endpoint
	// Schedulable lets ordinary pods run here. Optional. Defaults to false.
	Schedulable bool
	// Members are the host names of the nodes that will join. Optional.
	Members []string
}

// ControlPlane is a running control plane.
type ControlPlane struct {
	pulumi.ResourceState

	// Kubeconfig is the administrator's. Secret. It is computed from the keys,
	// so it exists before the cluster does.
	Kubeconfig pulumi.StringOutput
	// ReadyKubeconfig is the same, but unknown until the API server has
	// answered: what needs the API takes this one, so that a half-built cluster
	// still previews.
	ReadyKubeconfig pulumi.StringOutput
	// CertificateAuthority is the certificate, in PEM, that the API server's is signed by.
	CertificateAuthority pulumi.StringOutput
	// Addresses maps host names to private addresses.
	Addresses pulumi.StringMap
	// Membership is what workers need to join. Secret.
	Membership node.MembershipOutput
	// Nodes are the control-plane nodes by host name.
	Nodes map[string]*node.Node
	// Admitted is there when nodes may join.
	Admitted pulumi.Resource
	// Settled is there when every API server works with its settings. Those that
	// were changed may have made it start anew.
	Settled pulumi.Resource
	// Joined are there when the nodes are members of the cluster.
	Joined []pulumi.Resource

	first *node.Node
	keys  *keys
}

// NewControlPlane creates the keys and the machines, and makes them a cluster.
func NewControlPlane(ctx *pulumi.Context, name string, args *ControlPlaneArgs, opts ...pulumi.ResourceOption) (*ControlPlane, error) {
	if err := args.validate(); err != nil {
		return nil, err
	}
	c := &ControlPlane{Addresses: pulumi.StringMap{}, Nodes: map[string]*node.Node{}}
	if err := ctx.RegisterComponentResource(controlPlaneType, name+"-control-plane", c, opts...); err != nil {
		return nil, err
	}
	var err error
	if c.keys, err = newKeys(ctx, name+"-pki", pulumi.Parent(c)); err != nil {
		return nil, err
	}
	membership := c.keys.membership(args)
	c.Membership = membership.ForWorkers()
	before, err := c.addServants(ctx, args, membership)
	if err != nil {
		return nil, err
	}
	nodes, err := c.addMachines(ctx, args.Machines, args, kind{role: artifacts.ControlPlane, membership: membership})
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		c.Nodes[n.HostName] = n
	}
	c.first = nodes[0]
	ready, err := c.start(ctx, args, nodes, before)
	if err != nil {
		return nil, err
	}
	url := pulumi.Sprintf("https://%s:%d", args.Endpoint.External, args.Endpoint.Port)
	c.Kubeconfig = c.keys.kubeconfig(args.Settings.Cluster.Name, url)
	c.CertificateAuthority = c.keys.cluster.cert.CertPem
	c.ReadyKubeconfig = pulumi.All(c.Kubeconfig, ready.ID()).ApplyT(
		func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"addresses": c.Addresses})
}

func (args *ControlPlaneArgs) validate() error {
	if args == nil || args.Machines.Ports == nil && args.Machines.Existing == nil {
		return errors.New("args and args.Machines, with ports or existing, are required")
	}
	if n := len(args.Machines.names()); n%2 == 0 {
		return fmt.Errorf("a control plane of %d nodes: an odd number is required", n)
	}
	if n := len(args.Etcd.names()); n > 0 && n%2 == 0 {
		return fmt.Errorf("%d dedicated etcd members: an odd number is required", n)
	}
	for _, name := range args.Proxies.names() {
		if host := args.Proxies.host(name); args.VirtualAddress[host] == nil {
			return fmt.Errorf("proxy %s holds no virtual address", host)
		}
	}
	return nil
}

// DeletedWith is the resource whose deletion takes the whole cluster along:
// nothing inside the cluster needs tidying then. No single machine is that one.
func (c *ControlPlane) DeletedWith() pulumi.Resource { return c.keys.seed }

// ServingCertificate makes a certificate of the cluster's authority for a server at
// an address, and its key, which is secret.
func (c *ControlPlane) ServingCertificate(ctx *pulumi.Context, name, commonName, address string) (cert, key pulumi.StringOutput, err error) {
	made, err := c.keys.cluster.newServer(ctx, name, commonName, address, pulumi.Parent(c))
	if err != nil {
		return pulumi.StringOutput{}, pulumi.StringOutput{}, err
	}
	return made.cert.CertPem, made.key.PrivateKeyPem, nil
}

// Login leads into a control-plane node, for steps that need the administrator's
// rights. Secret.
func (c *ControlPlane) Login() machine.Login { return c.first.Login }
