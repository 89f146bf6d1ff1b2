package controlplane

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/machine"
	"slipway/internal/node"
)

// Machines is a set of machines of one kind: servers that are made in the
// cloud, or machines that exist already.
type Machines struct {
	// Prefix of the host names of servers, e.g. dev-etcd. Required for these.
	Prefix string
	// Hardware is what servers run on. Required for these.
	Hardware node.Hardware
	// Zones maps the names of servers to availability zones. The names are the servers.
	Zones map[string]string
	// Ports are the servers' addresses. Required for these.
	Ports *Ports
	// Existing maps the host names of machines that exist to how they are
	// reached. Optional: servers are made.
	Existing map[string]machine.ExistingArgs
}

// names lists the machines in a fixed order.
func (m Machines) names() []string {
	return append(slices.Sorted(maps.Keys(m.Zones)), slices.Sorted(maps.Keys(m.Existing))...)
}

// host is the host name of a machine. One that exists has one already.
func (m Machines) host(name string) string {
	if _, exists := m.Existing[name]; exists {
		return name
	}
	return m.Prefix + "-" + name
}

// existing is how a machine that exists is reached, or nil.
func (m Machines) existing(name string) *machine.ExistingArgs {
	if args, exists := m.Existing[name]; exists {
		return &args
	}
	return nil
}

// port is the port of a server, or nil.
func (m Machines) port(name string) *networking.Port {
	if m.Ports == nil {
		return nil
	}
	return m.Ports.ByNode[name]
}

// Addresses maps host names to addresses.
func (m Machines) Addresses() pulumi.StringMap {
	addresses := pulumi.StringMap{}
	for _, name := range m.names() {
		if args := m.existing(name); args != nil {
			addresses[name] = pulumi.String(args.Address.String())
		} else {
			addresses[m.host(name)] = machine.Address(m.port(name))
		}
	}
	return addresses
}
