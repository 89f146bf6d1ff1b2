package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// BastionHost is the host name of the bastion.
func (c *Config) BastionHost() string { return c.Cluster.Name + "-bastion" }

// ControlPlaneHost is the host name of the control-plane node of that name.
func (c *Config) ControlPlaneHost(node string) string { return c.hostName("", node) }

// WorkerHost is the host name of the node of that name in a pool.
func (c *Config) WorkerHost(pool, node string) string { return c.hostName(pool+"-", node) }

// ProxyHost is the host name of the proxy of that name.
func (c *Config) ProxyHost(node string) string { return c.hostName("proxy-", node) }

// EtcdHost is the host name of the dedicated etcd node of that name.
func (c *Config) EtcdHost(node string) string { return c.hostName("etcd-", node) }

// hostName is the host name of a machine. One that exists has one already.
func (c *Config) hostName(kind, node string) string {
	if c.OnHosts() {
		return node
	}
	return c.Cluster.Name + "-" + kind + node
}

// APIServerPort is the port of each API server: the endpoint's own, or the
// usual one where something stands in front of them.
func (c *Config) APIServerPort() int {
	if c.Endpoint.Type == EndpointDirect {
		return c.Endpoint.Port
	}
	return defaultAPIPort
}

// nodeSet is a set of machines with names of the user's choice.
type nodeSet struct {
	path  *field.Path
	nodes map[string]Node
	host  func(node string) string
	// kubernetes says that they are nodes of the cluster, with pods.
	kubernetes bool
}

// nodeSets lists them in a fixed order.
func (c *Config) nodeSets() []nodeSet {
	sets := []nodeSet{{root("controlPlane"), c.ControlPlane.Nodes, c.ControlPlaneHost, true}}
	if p := c.Endpoint.Keepalived.Proxies; p != nil {
		sets = append(sets, nodeSet{root("endpoint").Child("keepalived", "proxies"), p.Nodes, c.ProxyHost, false})
	}
	sets = append(sets, nodeSet{root("etcd"), c.Etcd.Nodes, c.EtcdHost, false})
	for _, pool := range slices.Sorted(maps.Keys(c.WorkerPools)) {
		host := func(node string) string { return c.WorkerHost(pool, node) }
		sets = append(sets, nodeSet{root("workerPools").Key(pool), c.WorkerPools[pool].Nodes, host, true})
	}
	return sets
}

// SystemNodes is how many nodes take pods that tolerate control planes and nothing else.
func (c *Config) SystemNodes() int {
	count := len(c.ControlPlane.Nodes)
	for _, pool := range c.WorkerPools {
		if !slices.ContainsFunc(pool.Taints, func(t Taint) bool { return t.Effect != "PreferNoSchedule" }) {
			count += len(pool.Nodes)
		}
	}
	return count
}

// host is a node with its host name and the path of its key.
type host struct {
	key        string
	name       string
	node       Node
	path       *field.Path
	kubernetes bool
}

// hosts lists all nodes, set by set, by name.
func (c *Config) hosts() []host {
	var hosts []host
	for _, set := range c.nodeSets() {
		for _, key := range slices.Sorted(maps.Keys(set.nodes)) {
			path := set.path.Child("nodes").Key(key)
			if c.OnHosts() {
				path = root("hosts").Child("machines").Key(key)
			}
			hosts = append(hosts, host{key, set.host(key), set.nodes[key], path, set.kubernetes})
		}
	}
	return hosts
}

// zoneByName picks a node's zone by the number that its name ends in: cp1 gets
// the first zone, cp2 the second, and so on around. A choice by position among
// the other nodes would move, and so replace, machines when a node is added.
// It is empty when the name has no number and there is more than one zone.
func zoneByName(name string, zones []string) string {
	if len(zones) == 0 {
		return ""
	}
	if len(zones) == 1 {
		return zones[0]
	}
	digits := name[len(strings.TrimRight(name, "0123456789")):]
	number, err := strconv.Atoi(digits)
	if err != nil {
		return ""
	}
	return zones[(number-1+len(zones))%len(zones)] // 0 gets the last
}
