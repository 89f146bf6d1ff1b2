package config

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"slipway/internal/hostkey"
)

// Hosts are machines that exist already, in place of OpenStack's.
type Hosts struct {
	// User is the login user of all machines, who may use sudo. Required.
	User string `json:"user"`
	// PrivateKey logs in, in OpenSSH form and without a passphrase. Required, secret.
	PrivateKey Secret `json:"privateKey"`
	// SudoPassword is what sudo asks for. Optional: it asks for nothing. Secret.
	SudoPassword Secret `json:"sudoPassword,omitempty"`
	// Jump is the SSH server in between. Optional: machines are reached directly.
	Jump *Jump `json:"jump,omitempty"`
	// KnownHosts is the text of a known_hosts file, for machines without a HostKey. Optional.
	KnownHosts string `json:"knownHosts,omitempty"`
	// TrustOnFirstUse keeps the host key that a machine shows first, for machines
	// that are not known otherwise. Optional. Defaults to false.
	TrustOnFirstUse bool `json:"trustOnFirstUse,omitempty"`
	// MTU in bytes that the machines' network must have. Optional: any, as long
	// as it is the same on all.
	MTU int `json:"mtu,omitempty"`
	// Machines maps host names to machines. Required.
	Machines map[string]Machine `json:"machines"`
}

// Secret is text that must not be shown.
type Secret string

// String hides the text from whoever prints it.
func (Secret) String() string { return "[secret]" }

// Jump is an SSH server through which machines are reached.
type Jump struct {
	// Address is its host name or address. Required.
	Address string `json:"address"`
	// User to log in as. Optional. Defaults to the one of the machines.
	User string `json:"user,omitempty"`
	// HostKey is its public host key, "<type> <key>". Optional when it is in KnownHosts.
	HostKey string `json:"hostKey,omitempty"`
}

// Machine is one machine that exists.
type Machine struct {
	// Address at which SSH and the other machines reach it. Required.
	Address netip.Addr `json:"address"`
	// HostKey is its public host key, "<type> <key>". Optional when it is in
	// KnownHosts, or with TrustOnFirstUse.
	HostKey string `json:"hostKey,omitempty"`
	// Role is what it becomes. Required.
	Role MachineRole `json:"role"`
	// Pool is the worker pool of a machine of that role. Optional. Defaults to "default".
	Pool string `json:"pool,omitempty"`
	// StorageDisks are empty disks of a worker for Ceph, by paths below
	// /dev/disk/by-id. Optional.
	StorageDisks []string `json:"storageDisks,omitempty"`
}

// MachineRole is what a machine becomes.
type MachineRole string

// The roles of machines.
const (
	RoleControlPlane MachineRole = "control-plane"
	RoleWorker       MachineRole = "worker"
	// RoleProxy holds the API's virtual address and runs nothing of Kubernetes.
	RoleProxy MachineRole = "proxy"
	// RoleEtcd runs etcd and nothing else.
	RoleEtcd MachineRole = "etcd"
	// RoleStorage is a worker of the pool "storage" with a label of its own.
	RoleStorage MachineRole = "storage"
)

var machineRoles = []MachineRole{RoleControlPlane, RoleWorker, RoleProxy, RoleEtcd, RoleStorage}

const (
	defaultPool = "default"
	storagePool = "storage"
	// StorageLabel marks the nodes whose disks are for storage.
	StorageLabel = "slipway/role"
)

// OnHosts says whether the machines exist already.
func (c *Config) OnHosts() bool {
	h := c.Hosts
	return h.Machines != nil || h.User != "" || h.PrivateKey != "" || h.SudoPassword != "" || h.Jump != nil || h.KnownHosts != "" || h.TrustOnFirstUse || h.MTU != 0
}

// setHosts makes nodes of the machines, so that all rules about nodes hold for them.
func (c *Config) setHosts() {
	c.ControlPlane.Nodes, c.Etcd.Nodes = map[string]Node{}, nil
	for _, name := range slices.Sorted(maps.Keys(c.Hosts.Machines)) {
		m := c.Hosts.Machines[name]
		setDefault(&m.HostKey, c.Hosts.known(m.Address.String()))
		switch m.Role {
		case RoleControlPlane:
			c.ControlPlane.Nodes[name] = Node{Address: m.Address}
		case RoleWorker:
			m.Pool = cmp.Or(m.Pool, defaultPool)
			c.addWorker(m.Pool, name, m)
		case RoleStorage:
			c.addWorker(storagePool, name, m)
		case RoleEtcd:
			c.Etcd.Nodes = adding(c.Etcd.Nodes, name, Node{Address: m.Address})
		case RoleProxy:
			if c.Endpoint.Type != EndpointKeepalived {
				continue // reported at its role
			}
			if c.Endpoint.Keepalived.Proxies == nil {
				c.Endpoint.Keepalived.Proxies = &Proxies{}
			}
			c.Endpoint.Keepalived.Proxies.Nodes = adding(c.Endpoint.Keepalived.Proxies.Nodes, name, Node{Address: m.Address})
		}
		c.Hosts.Machines[name] = m
	}
	if j := c.Hosts.Jump; j != nil {
		setDefault(&j.User, c.Hosts.User)
		setDefault(&j.HostKey, c.Hosts.known(j.Address))
	}
}

// known is the host key of an address in KnownHosts, or nothing.
func (h Hosts) known(address string) string {
	key, _ := hostkey.Lookup(h.KnownHosts, address) // validation says why there is none
	return key
}

func (c *Config) addWorker(pool, name string, m Machine) {
	p := c.WorkerPools[pool]
	p.Nodes = adding(p.Nodes, name, Node{Address: m.Address})
	if m.Role == RoleStorage {
		p.Labels = adding(p.Labels, StorageLabel, string(RoleStorage))
	}
	c.WorkerPools = adding(c.WorkerPools, pool, p)
}

// adding adds an entry to a map that may be nil.
func adding[V any](m map[string]V, key string, value V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	m[key] = value
	return m
}
