package config

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// virtualAddress is the path of the address that Keepalived holds.
var virtualAddress = root("endpoint").Child("keepalived", "address")

// crossEndpoint checks the endpoint against its type and against the nodes.
func crossEndpoint(c *Config) field.ErrorList {
	var errs field.ErrorList
	path, e := root("endpoint"), c.Endpoint
	foreign := func(key string, present bool, want EndpointType) {
		if present && e.Type != want {
			errs = append(errs, field.Forbidden(path.Child(key), fmt.Sprintf("belongs to %s: %s, but it is %s", path.Child("type"), want, e.Type)))
		}
	}
	foreign("keepalived", e.Keepalived != (Keepalived{}), EndpointKeepalived)
	foreign("octavia", e.Octavia != (Octavia{}), EndpointOctavia)
	if e.FloatingIPAddress.IsValid() && !e.FloatingIP {
		errs = append(errs, field.Forbidden(path.Child("floatingIPAddress"), fmt.Sprintf("needs %s: true", path.Child("floatingIP"))))
	}
	if e.Type != EndpointKeepalived {
		return errs
	}
	if c.JoinsNetwork() && !e.Keepalived.Address.IsValid() {
		errs = append(errs, field.Required(virtualAddress, "a fixed address of the shared network that nothing else in it has"))
	}
	if count := c.holders(); count > maxHolders {
		errs = append(errs, field.Invalid(path.Child("type"), e.Type, fmt.Sprintf("has at most %d nodes to hold its address, but there are %d", maxHolders, count)))
	}
	if e.Keepalived.Proxies == nil && e.Port == c.APIServerPort() {
		errs = append(errs, field.Invalid(path.Child("port"), e.Port, "is the port of the API servers, which share their nodes with HAProxy: choose another, or give HAProxy nodes of its own"))
	}
	if os := c.OpenStack.OS; !c.OnHosts() && os.User() != "" && !os.InstallsPackages() {
		errs = append(errs, field.Invalid(path.Child("type"), e.Type, fmt.Sprintf("needs HAProxy and Keepalived on its nodes, which %s cannot install", os)))
	}
	return errs
}

// maxHolders of a virtual address are what Keepalived's priorities tell apart.
const maxHolders = 9

// holders is how many nodes hold the virtual address in turn.
func (c *Config) holders() int {
	if p := c.Endpoint.Keepalived.Proxies; p != nil {
		return len(p.Nodes)
	}
	return len(c.ControlPlane.Nodes)
}

// crossProvider checks the OpenStack provider's own settings among the raw ones.
func crossProvider(raw map[string]string, c *Config) field.ErrorList {
	const key = "openstack:useOctavia"
	if c.Endpoint.Type != EndpointOctavia || raw[key] == "true" {
		return nil
	}
	return field.ErrorList{field.Required(field.NewPath(key), fmt.Sprintf("true, with %s: %s; else the provider looks for load balancers in Neutron", root("endpoint").Child("type"), EndpointOctavia))}
}

// crossEtcd checks the dedicated etcd nodes.
func crossEtcd(c *Config) field.ErrorList {
	count, path := len(c.Etcd.Nodes), root("etcd")
	var errs field.ErrorList
	problem := QuorumProblem(count)
	switch {
	case count == 0 || problem == "":
	case c.OnHosts():
		errs = append(errs, crossRoleCount(RoleEtcd, count))
	default:
		errs = append(errs, field.Invalid(path.Child("nodes"), count, problem))
	}
	if count == 0 && c.Etcd.Flavor+c.Etcd.Image != "" {
		errs = append(errs, field.Required(path.Child("nodes"), "the nodes that flavor and image are for"))
	}
	return errs
}
