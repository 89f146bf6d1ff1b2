package config

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// neighbour is another stack of the project.
type neighbour struct {
	stack  string
	config *Config
}

// CheckNeighbours checks the configuration against the project's other stacks,
// whose files are in dir: clusters may share a network, of machines that exist or
// of a stack of its own, where nobody else keeps their names, addresses and virtual
// router ids apart. What is wrong with another file is for its own stack to say.
func (c *Config) CheckNeighbours(self Self, dir fs.FS) field.ErrorList {
	if !c.OnHosts() && !c.JoinsNetwork() {
		return nil // OpenStack gives each cluster a network of its own
	}
	var errs field.ErrorList
	for _, n := range neighbours(self.Stack, dir) {
		switch {
		case c.OnHosts() != n.config.OnHosts(), !c.OnHosts() && !c.together(n, self):
			continue
		case c.JoinsNetwork():
			errs = append(errs, c.checkSharedNames(n)...)
			errs = append(errs, c.checkSharedPods(n)...)
		}
		errs = append(errs, c.checkSharedAddresses(n)...)
		errs = append(errs, c.checkSharedPools(n)...)
		if c.Endpoint.Type == EndpointKeepalived && n.config.Endpoint.Type == EndpointKeepalived {
			errs = append(errs, c.checkVirtualRouter(n)...)
		}
	}
	return errs
}

func (c *Config) checkSharedAddresses(n neighbour) field.ErrorList {
	var errs field.ErrorList
	theirs := map[netip.Addr]string{}
	for _, t := range n.config.taken() {
		theirs[t.address] = t.what
	}
	for _, own := range c.taken() {
		if what := theirs[own.address]; own.address.IsValid() && what != "" {
			errs = append(errs, field.Invalid(own.path, own.address.String(), fmt.Sprintf("is the %s of stack %s", what, n.stack)))
		}
	}
	return errs
}

// checkSharedPools refuses addresses for Services that another stack has, and
// addresses of ours among those that it gives to Services.
func (c *Config) checkSharedPools(n neighbour) field.ErrorList {
	var errs field.ErrorList
	theirs := n.config.MetalLB.pooledRanges()
	for _, ours := range c.MetalLB.pooledRanges() {
		refuse := func(what string) {
			errs = append(errs, field.Invalid(ours.path, ours.String(), fmt.Sprintf("has the %s of stack %s", what, n.stack)))
		}
		for _, their := range theirs {
			if ours.Overlaps(their.IPRange) {
				refuse("addresses " + their.String())
			}
		}
		for _, taken := range n.config.taken() {
			if ours.Contains(taken.address) {
				refuse("address " + taken.address.String())
			}
		}
	}
	for _, own := range c.taken() {
		for _, their := range theirs {
			if their.Contains(own.address) {
				errs = append(errs, field.Invalid(own.path, own.address.String(), fmt.Sprintf("is among the addresses %s that stack %s gives to Services", their, n.stack)))
			}
		}
	}
	return errs
}

// taken is an address that the cluster has for good, its path, and whose it is.
type taken struct {
	address netip.Addr
	path    *field.Path
	what    string
}

func (c *Config) taken() []taken {
	var all []taken
	if c.OnHosts() {
		for _, name := range slices.Sorted(maps.Keys(c.Hosts.Machines)) {
			all = append(all, taken{c.Hosts.Machines[name].Address, root("hosts").Child("machines").Key(name).Child("address"), "machine " + name})
		}
	} else {
		for _, h := range c.hosts() {
			all = append(all, taken{h.node.Address, h.path.Child("address"), "address of " + h.name})
		}
	}
	return append(all, taken{c.Endpoint.Keepalived.Address, virtualAddress, "virtual address"})
}

// checkVirtualRouter refuses a virtual router id that another stack has in the
// same network.
func (c *Config) checkVirtualRouter(n neighbour) field.ErrorList {
	ours, theirs := c.Endpoint.Keepalived, n.config.Endpoint.Keepalived
	if ours.VirtualRouterID != theirs.VirtualRouterID || ours.Address == theirs.Address || c.OnHosts() && !c.network().Contains(theirs.Address) {
		return nil
	}
	return field.ErrorList{field.Invalid(root("endpoint").Child("keepalived", "virtualRouterID"), ours.VirtualRouterID,
		fmt.Sprintf("is that of stack %s, whose virtual address %s is in the same network: choose another", n.stack, theirs.Address))}
}

// network is the range that the machines and the virtual address have in common.
// Their own masks are not known here: a network is taken to be a /24 at least.
func (c *Config) network() netip.Prefix {
	const bits = 24
	network := netip.PrefixFrom(c.Endpoint.Keepalived.Address, bits).Masked()
	for _, m := range c.Hosts.Machines {
		for m.Address.Is4() && network.IsValid() && network.Bits() > 0 && !network.Contains(m.Address) {
			network = netip.PrefixFrom(network.Addr(), network.Bits()-1).Masked()
		}
	}
	return network
}

// neighbours are the other stacks, as far as their files can be read.
func neighbours(stack string, dir fs.FS) []neighbour {
	files, err := fs.Glob(dir, "Pulumi.*.yaml")
	if err != nil {
		return nil
	}
	var all []neighbour
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "Pulumi."), ".yaml")
		if name == stack {
			continue
		}
		if c := read(dir, file); c != nil {
			all = append(all, neighbour{name, c})
		}
	}
	return all
}

// read loads a stack's file as far as possible: its secrets stay closed.
func read(dir fs.FS, file string) *Config {
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		return nil
	}
	var content struct {
		Config map[string]json.RawMessage `json:"config"`
	}
	if err := yaml.Unmarshal(text, &content); err != nil {
		return nil
	}
	raw := map[string]string{}
	for key, value := range content.Config {
		var plain string
		if json.Unmarshal(value, &plain) != nil {
			plain = string(value)
		}
		raw[key] = plain
	}
	c, _ := Load(raw)
	return c
}
