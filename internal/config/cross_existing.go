package config

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// setting is a key that may be set or not.
type setting struct {
	path *field.Path
	set  bool
}

// cloudSettings lists the keys that only machines of a cloud can have.
func (c *Config) cloudSettings() []setting {
	cp, etcd, e := c.ControlPlane, c.Etcd, c.Endpoint
	cloud := func(o OpenStack) bool {
		return o.ExternalNetwork+o.Image+o.User+string(o.OS)+o.CACertificate != "" || o.Zones != nil
	}
	all := []setting{
		{root("openstack"), cloud(c.OpenStack)},
		{root("network"), c.Network.Stack != "" || c.Network.CIDR.IsValid() || c.Network.DNSServers != nil || c.Network.MTU != 0},
		{root("access"), c.Access.API != nil || c.Access.SSH != nil},
		{root("bastion"), c.Bastion != Bastion{}},
		{root("cloudController"), c.CloudController != CloudController{}},
		{root("metalLB").Child("access"), c.MetalLB.Access != nil},
		{root("ingress").Child("access"), c.Ingress.Access != nil},
		{root("cinderCSI"), c.CinderCSI.Enabled || c.CinderCSI.IgnoreZones || c.CinderCSI.StorageClasses != nil || c.CinderCSI.CredentialGeneration != 0},
		{root("externalDNS"), c.ExternalDNS.Enabled || c.ExternalDNS.Zones != nil || c.ExternalDNS.Policy != "" || c.ExternalDNS.CredentialGeneration != 0},
		{root("certManager").Child("dns01"), c.CertManager.DNS01.Nameservers != nil || c.CertManager.DNS01.CredentialGeneration != 0},
		{root("keystoneAuth"), c.KeystoneAuth.Enabled || c.KeystoneAuth.Projects != nil || c.KeystoneAuth.Roles != nil},
		{root("endpoint").Child("floatingIP"), e.FloatingIP},
		{root("endpoint").Child("floatingIPAddress"), e.FloatingIPAddress.IsValid()},
		{root("endpoint").Child("octavia"), e.Octavia != Octavia{}},
		{root("endpoint").Child("keepalived", "proxies"), e.Keepalived.Proxies != nil},
		{root("controlPlane").Child("flavor"), cp.Flavor != ""},
		{root("controlPlane").Child("image"), cp.Image != ""},
		{root("controlPlane").Child("nodes"), cp.Nodes != nil},
		{root("controlPlane").Child("serverGroupPolicy"), cp.ServerGroupPolicy != ""},
		{root("controlPlane").Child("containerVolume"), cp.ContainerVolume != nil},
		{root("etcd").Child("flavor"), etcd.Flavor != ""},
		{root("etcd").Child("image"), etcd.Image != ""},
		{root("etcd").Child("nodes"), etcd.Nodes != nil},
		{root("etcd").Child("volume"), etcd.Volume != nil},
	}
	for _, name := range c.CertManager.dns01Issuers() {
		all = append(all, setting{root("certManager").Child("issuers").Key(name).Child("acme", "challenge"), true})
	}
	for _, name := range slices.Sorted(maps.Keys(c.MetalLB.Pools)) {
		all = append(all, setting{root("metalLB").Child("pools").Key(name).Child("floatingIPs"), c.MetalLB.Pools[name].FloatingIPs})
	}
	for _, name := range slices.Sorted(maps.Keys(c.WorkerPools)) {
		pool, path := c.WorkerPools[name], root("workerPools").Key(name)
		all = append(all, setting{path.Child("flavor"), pool.Flavor != ""}, setting{path.Child("image"), pool.Image != ""},
			setting{path.Child("nodes"), pool.Nodes != nil}, setting{path.Child("containerVolume"), pool.ContainerVolume != nil},
			setting{path.Child("storageVolumes"), pool.StorageVolumes != nil})
	}
	return all
}

// crossTarget refuses what only a cloud can give. It looks at what the user
// wrote, before defaults are filled in.
func crossTarget(c *Config) field.ErrorList {
	if !c.OnHosts() {
		return nil
	}
	var errs field.ErrorList
	for _, s := range c.cloudSettings() {
		if s.set {
			errs = append(errs, field.Forbidden(s.path, fmt.Sprintf("is for machines that OpenStack makes, but %s lists those that exist", root("hosts"))))
		}
	}
	return errs
}

// crossHosts checks the machines that exist against the rest of the tree.
func crossHosts(c *Config) field.ErrorList {
	var errs field.ErrorList
	if c.Kubernetes.CNI == CNICilium || c.Kubernetes.CNI == CNICalico {
		// Releasing a machine would have to take that off it, too.
		errs = append(errs, field.Invalid(root("kubernetes").Child("cni"), c.Kubernetes.CNI, fmt.Sprintf("is not supported on machines that exist: use %s", CNIFlannel)))
	}
	path := root("endpoint")
	switch {
	case c.Endpoint.Type == EndpointOctavia:
		errs = append(errs, field.Invalid(path.Child("type"), c.Endpoint.Type, "is a load balancer of OpenStack: on existing machines use "+string(EndpointKeepalived)))
	case c.Endpoint.Type == EndpointKeepalived && !c.Endpoint.Keepalived.Address.IsValid():
		errs = append(errs, field.Required(virtualAddress, "a free address in the machines' network"))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Hosts.Machines)) {
		m, path := c.Hosts.Machines[name], root("hosts").Child("machines").Key(name)
		if m.Role == RoleProxy && c.Endpoint.Type != EndpointKeepalived {
			errs = append(errs, field.Invalid(path.Child("role"), m.Role, fmt.Sprintf("holds the address of %s: %s, but it is %s", root("endpoint").Child("type"), EndpointKeepalived, c.Endpoint.Type)))
		}
	}
	for _, pool := range slices.Sorted(maps.Keys(c.WorkerPools)) {
		if len(c.WorkerPools[pool].Nodes) == 0 {
			errs = append(errs, field.Required(root("workerPools").Key(pool), "at least one machine of this pool in "+root("hosts").Child("machines").String()))
		}
	}
	return append(errs, crossReach(c)...)
}

// crossReach keeps addresses of machines out of the ranges inside the cluster:
// from pods, they could not be reached there.
func crossReach(c *Config) field.ErrorList {
	var errs field.ErrorList
	ranges := c.ranges()[1:]
	for _, h := range append(c.hosts(), host{node: Node{Address: c.Endpoint.Keepalived.Address}, path: root("endpoint").Child("keepalived")}) {
		for _, r := range ranges {
			if r.cidr.IsValid() && h.node.Address.IsValid() && r.cidr.Contains(h.node.Address) {
				errs = append(errs, field.Invalid(h.path.Child("address"), h.node.Address.String(), fmt.Sprintf("is inside %s %s", r.path, r.cidr)))
			}
		}
	}
	return errs
}

// crossRoleCount refuses an even number of machines of a role with a vote in etcd.
func crossRoleCount(role MachineRole, count int) *field.Error {
	return field.Invalid(root("hosts").Child("machines"), count, fmt.Sprintf("must have an odd number of machines with role %s: etcd survives no more failures with one more", role))
}
