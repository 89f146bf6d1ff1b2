package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// networkStackKeys are the top-level keys of a stack of kind network.
var networkStackKeys = []string{"stack", "openstack", "network", "policy"}

// crossKind refuses what is for another kind of stack. It looks at what the user
// wrote, before defaults are filled in.
func crossKind(raw map[string]string, c *Config) field.ErrorList {
	if c.Stack == StackNetwork {
		return forbidden(foreignToNetwork(raw, c), fmt.Sprintf("is not for %s: %s: clusters have stacks of their own, which name this one as %s",
			root("stack"), StackNetwork, joinedStack))
	}
	n, path := c.Network, root("network")
	errs := forbidden([]setting{{path.Child("name"), n.Name != ""}, {path.Child("protect"), n.Protect}},
		fmt.Sprintf("is for %s: %s; a cluster's own network has the name and the protection of %s", root("stack"), StackNetwork, root("cluster")))
	if c.JoinsNetwork() {
		errs = append(errs, forbidden(
			[]setting{{path.Child("cidr"), n.CIDR.IsValid()}, {path.Child("dnsServers"), n.DNSServers != nil}, {path.Child("mtu"), n.MTU != 0}},
			fmt.Sprintf("is decided by %s %s, whose network the cluster joins", joinedStack, n.Stack))...)
		errs = append(errs, validateStackName(n.Stack)...)
	}
	return errs
}

// foreignToNetwork lists what only stacks of another kind can have.
func foreignToNetwork(raw map[string]string, c *Config) []setting {
	var all []setting
	known := fields(reflect.ValueOf(Config{}))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		key, ours := strings.CutPrefix(name, Namespace+":")
		if _, exists := known[key]; ours && exists && !slices.Contains(networkStackKeys, key) {
			unset := slices.Contains([]string{"", "null", "{}"}, strings.TrimSpace(raw[name]))
			all = append(all, setting{root(key), !unset})
		}
	}
	o, path := c.OpenStack, root("openstack")
	return append(all,
		setting{path.Child("image"), o.Image != ""}, setting{path.Child("os"), o.OS != ""}, setting{path.Child("user"), o.User != ""},
		setting{path.Child("zones"), o.Zones != nil}, setting{path.Child("caCertificate"), o.CACertificate != ""}, setting{joinedStack, c.JoinsNetwork()})
}

func forbidden(settings []setting, why string) field.ErrorList {
	var errs field.ErrorList
	for _, s := range settings {
		if s.set {
			errs = append(errs, field.Forbidden(s.path, why))
		}
	}
	return errs
}

// validateNetworkStack checks a stack of kind network.
func validateNetworkStack(c *Config) field.ErrorList {
	return slices.Concat(
		validateRequired(c.OpenStack.ExternalNetwork, root("openstack").Child("externalNetwork"), externalNetworkHint),
		validatePrefix(c.Network.Name, root("network").Child("name"), "prod-network"),
		validateNetwork(c.Network, root("network")),
		validatePolicy(c.Policy, root("policy")),
	)
}
