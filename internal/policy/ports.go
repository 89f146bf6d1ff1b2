package policy

import (
	"fmt"
	"net/netip"
)

func ownGroup(r Resource, _ Settings) []string {
	var problems []string
	if r.text("name") == "default" {
		problems = append(problems, "is the project's own group default")
	}
	if v := r.at("deleteDefaultRules"); !isTrue(v) && !v.IsComputed() {
		problems = append(problems, "begins with Neutron's default rules")
	}
	return problems
}

func securedPort(r Resource, _ Settings) []string {
	var problems []string
	if r.isFalse("portSecurityEnabled") {
		problems = append(problems, "has no port security")
	}
	groups := r.at("securityGroupIds")
	if r.below("slipway:index:MetalLB") {
		return problems // it keeps an address, and no machine is ever bound to it
	}
	if isTrue(r.at("noSecurityGroups")) || groups.IsNull() || groups.IsArray() && groups.AsArray().Len() == 0 {
		problems = append(problems, "has no security group")
	}
	return problems
}

func narrowPairs(r Resource, s Settings) []string {
	var problems []string
	for _, pair := range r.list("allowedAddressPairs") {
		if from, err := netip.ParsePrefix(textOf(member(pair, "ipAddress"))); err == nil && world(from, s.Limits.WidestRange) {
			problems = append(problems, fmt.Sprintf("may send from any address of %s", from))
		}
	}
	return problems
}

// publicByPurpose goes by the component that the address belongs to: the port of
// the only control plane is a node's, and has the address of the API.
func publicByPurpose(r Resource, _ Settings) []string {
	if r.below("slipway:index:Bastion", "slipway:index:DirectEndpoint", "slipway:index:HAProxyKeepalivedVIP",
		"slipway:index:OctaviaEndpoint", "slipway:index:MetalLB") {
		return nil
	}
	return []string{"is a public address of something else"}
}
