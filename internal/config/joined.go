package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// joinedStack is the path of the stack whose network a cluster joins.
var joinedStack = root("network").Child("stack")

// SharedNetwork is what a cluster has to know of a network that it joins.
type SharedNetwork struct {
	// CIDR is the range of its subnet. Required.
	CIDR netip.Prefix
	// MTU in bytes. Required.
	MTU int
	// DNSServers are handed to the machines. Optional: Neutron's own.
	DNSServers []netip.Addr
	// ExternalNetwork is the name of the network that its router leads to. Required.
	ExternalNetwork string
}

// JoinsNetwork says whether the cluster is in a network of another stack.
func (c *Config) JoinsNetwork() bool { return c.Network.Stack != "" }

// validateStackName checks the name of a stack: one part, or three.
func validateStackName(name string) field.ErrorList {
	parts := strings.Split(name, "/")
	if (len(parts) != 1 && len(parts) != 3) || slices.Contains(parts, "") {
		return field.ErrorList{field.Invalid(joinedStack, name, "must be the name of a stack, or organization/project/name for one of another project")}
	}
	return nil
}

// FullStackName is the name of a stack with those of organization and project,
// which are the own ones unless it says otherwise.
func FullStackName(name, organization, project string) string {
	if strings.Contains(name, "/") {
		return name
	}
	return strings.Join([]string{organization, project, name}, "/")
}

// Join puts the cluster into a network, and checks what could not be checked
// without knowing it. Problems that Load told of are not told again.
func (c *Config) Join(n SharedNetwork) field.ErrorList {
	told := map[string]bool{}
	for _, problem := range validate(c) {
		told[problem.Error()] = true
	}
	c.Network.CIDR, c.Network.MTU, c.Network.DNSServers = n.CIDR, n.MTU, n.DNSServers
	var errs field.ErrorList
	for _, problem := range validate(c) {
		if told[problem.Error()] {
			continue
		}
		// The network's own values are not in this stack's file.
		if key := root("network").String(); within(problem.Field, key) {
			problem.Detail = strings.TrimPrefix(problem.Field, key+".") + " " + fmt.Sprint(problem.BadValue) + " of the shared network " + problem.Detail
			problem.Field, problem.BadValue = joinedStack.String(), c.Network.Stack
		}
		errs = append(errs, problem)
	}
	if own := c.OpenStack.ExternalNetwork; own != n.ExternalNetwork {
		errs = append(errs, field.Invalid(root("openstack").Child("externalNetwork"), own,
			fmt.Sprintf("is not where the router of %s %s leads to: that is %s", joinedStack, c.Network.Stack, n.ExternalNetwork)))
	}
	return errs
}
