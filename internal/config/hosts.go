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
func (c *Config) ControlPlaneHost(node string) string { return c.Cluster.Name + "-" + node }

// WorkerHost is the host name of the node of that name in a pool.
func (c *Config) WorkerHost(pool, node string) string {
	return c.Cluster.Name + "-" + pool + "-" + node
}

// host is a node with its host name and the path of its key.
type host struct {
	key  string
	name string
	node Node
	path *field.Path
}

// hosts lists all nodes: the control plane, then pool by pool, by name.
func (c *Config) hosts() []host {
	var hosts []host
	for _, key := range slices.Sorted(maps.Keys(c.ControlPlane.Nodes)) {
		path := root("controlPlane").Child("nodes").Key(key)
		hosts = append(hosts, host{key, c.ControlPlaneHost(key), c.ControlPlane.Nodes[key], path})
	}
	for _, pool := range slices.Sorted(maps.Keys(c.WorkerPools)) {
		nodes := c.WorkerPools[pool].Nodes
		for _, key := range slices.Sorted(maps.Keys(nodes)) {
			path := root("workerPools").Key(pool).Child("nodes").Key(key)
			hosts = append(hosts, host{key, c.WorkerHost(pool, key), nodes[key], path})
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
