package policy

import (
	"fmt"
	"net/netip"
)

const (
	typeRule        = "openstack:networking/secGroupRule:SecGroupRule"
	typeGroup       = "openstack:networking/secGroup:SecGroup"
	typePort        = "openstack:networking/port:Port"
	typeListener    = "openstack:loadbalancer/listener:Listener"
	typeFloatingIP  = "openstack:networking/floatingIp:FloatingIp"
	typeAssociation = "openstack:networking/floatingIpAssociate:FloatingIpAssociate"
)

const portSSH = 22

// inner are ports that only the cluster's own machines have business with.
var inner = []portOwner{
	{2379, "etcd"}, {2380, "etcd"}, {2381, "etcd's metrics"}, {10249, "kube-proxy"}, {10250, "the kubelet"},
	{10255, "the kubelet"}, {10257, "the controller manager"}, {10259, "the scheduler"},
}

type portOwner struct {
	port  int
	owner string
}

// The range of Services of type NodePort.
const firstNodePort, lastNodePort = 30000, 32767

func networkRules() []Rule {
	return []Rule{
		{
			ID: "no-open-ssh", Level: Mandatory, Title: "SSH is not open to the world",
			Why:  "Every address on the internet is tried for logins within minutes; one leaked key is then enough.",
			Mend: "Give slipway:access.ssh the ranges of the people who log in", Limits: []string{"widestRange"},
			Types: []string{typeRule}, Resource: closed("SSH", func(Settings) []int { return []int{portSSH} }),
		},
		{
			ID: "no-open-api", Level: Mandatory, Title: "The Kubernetes API is not open to the world",
			Why:  "Whoever reaches the API can try every hole in it, and every token that was ever lost.",
			Mend: "Give slipway:access.api the ranges of the clients", Limits: []string{"widestRange"},
			Types: []string{typeRule, typeListener}, Resource: apiClosed,
		},
		{
			ID: "no-open-control", Level: Mandatory, Title: "Ports of etcd, kubelets and controllers admit security groups, not address ranges",
			Why:   "Who reaches etcd or a kubelet goes around the API server, its authorization and its audit log.",
			Mend:  "Admit the security group of those that need the port, by remoteGroupId",
			Types: []string{typeRule}, Resource: controlClosed,
		},
		{
			ID: "no-open-node-ports", Level: Mandatory, Title: "The range of node ports is not open to the world",
			Why:  "Any user who may create a Service would open a port of every node to the internet.",
			Mend: "Admit the ports of the Services in question, or use a load balancer", Limits: []string{"widestRange"},
			Types: []string{typeRule}, Resource: nodePortsClosed,
		},
		{
			ID: "no-open-group", Level: Mandatory, Title: "No security group admits all ports from the world",
			Why:  "Such a rule makes all others of the group meaningless, and the next one that is forgotten too.",
			Mend: "Name protocol and ports, or whom they are for", Limits: []string{"widestRange"},
			Types: []string{typeRule}, Resource: groupClosed,
		},
		{
			ID: "no-default-rules", Level: Mandatory, Title: "Security groups are Slipway's own and begin empty",
			Why:   "The group default is shared by everything in the project, and Neutron's default rules let everything out.",
			Mend:  "Set deleteDefaultRules, and give the group a name of its own",
			Types: []string{typeGroup}, Resource: ownGroup,
		},
		{
			ID: "port-security", Level: Mandatory, Title: "Every port has port security and a security group",
			Why:   "Without port security a machine may send from any address, and no group applies to it.",
			Mend:  "Leave portSecurityEnabled on, and give the port its groups",
			Types: []string{typePort}, Resource: securedPort,
		},
		{
			ID: "narrow-address-pairs", Level: Mandatory, Title: "Ports may send from few further addresses",
			Why:  "A pair such as 0.0.0.0/0 switches off the protection against forged addresses.",
			Mend: "Allow the virtual address or the pod range alone", Limits: []string{"widestRange"},
			Types: []string{typePort}, Resource: narrowPairs,
		},
		{
			ID: "no-public-nodes", Level: Mandatory, Title: "Floating IPs are for the bastion, the API and Services",
			Why:   "A node with a public address is reached around bastion and load balancers.",
			Mend:  "Reach nodes through the bastion, and Services through their load balancer",
			Types: []string{typeFloatingIP, typeAssociation}, Resource: publicByPurpose,
		},
	}
}

// admitted is the traffic that a security group rule lets in.
type admitted struct {
	protocol    string
	first, last int
	// from is the range of clients; it is not valid where clients are a group, or
	// are not known yet.
	from netip.Prefix
}

// ingress reads a rule for traffic into a group.
func ingress(r Resource) (a admitted, ok bool) {
	if r.text("direction") != "ingress" {
		return a, false
	}
	a.protocol, a.first, a.last = r.text("protocol"), r.number("portRangeMin"), r.number("portRangeMax")
	prefix, group := r.at("remoteIpPrefix"), r.at("remoteGroupId")
	switch {
	case !group.IsNull() && textOf(group) != "" || group.IsComputed():
	case prefix.IsComputed():
	case textOf(prefix) == "":
		a.from = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		if r.text("ethertype") == "IPv6" {
			a.from = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
	default:
		a.from, _ = netip.ParsePrefix(textOf(prefix))
	}
	return a, true
}

// Neutron takes names of protocols, and numbers.
func (a admitted) tcp() bool { return a.protocol == "tcp" || a.protocol == "6" }
func (a admitted) udp() bool { return a.protocol == "udp" || a.protocol == "17" }

// covers reports whether the port is among those that the rule names.
func (a admitted) covers(port int) bool { return a.first != 0 && a.first <= port && port <= a.last }

// world reports whether a range is everybody: it has fewer bits than the widest
// that is not. Of IPv6, a site has a /48, so a range counts four times.
func world(from netip.Prefix, widest int) bool {
	if !from.IsValid() {
		return false
	}
	if from.Addr().Is6() {
		widest *= 4
	}
	return from.Bits() < widest
}

// closed refuses the world at some ports.
func closed(what string, ports func(Settings) []int) func(Resource, Settings) []string {
	return func(r Resource, s Settings) []string {
		a, ok := ingress(r)
		if !ok || !world(a.from, s.Limits.WidestRange) {
			return nil
		}
		for _, port := range ports(s) {
			if a.tcp() && a.covers(port) {
				return []string{fmt.Sprintf("admits %s to %s", a.from, what)}
			}
		}
		return nil
	}
}

// apiClosed is for the rules of security groups, and for a load balancer's listener.
func apiClosed(r Resource, s Settings) []string {
	if r.Type == typeRule {
		return closed("the Kubernetes API", func(s Settings) []int { return s.APIPorts })(r, s)
	}
	allowed := r.at("allowedCidrs")
	if allowed.IsComputed() || s.GroupsDecide {
		return nil
	}
	if len(listOf(allowed)) == 0 {
		return []string{"admits everybody: allowedCidrs is empty"}
	}
	var problems []string
	for _, v := range listOf(allowed) {
		if from, err := netip.ParsePrefix(textOf(v)); err == nil && world(from, s.Limits.WidestRange) {
			problems = append(problems, fmt.Sprintf("admits %s to the Kubernetes API", from))
		}
	}
	return problems
}

func controlClosed(r Resource, _ Settings) []string {
	a, ok := ingress(r)
	if !ok || !a.from.IsValid() {
		return nil
	}
	for _, p := range inner {
		if a.tcp() && a.covers(p.port) {
			return []string{fmt.Sprintf("admits %s to port %d of %s", a.from, p.port, p.owner)}
		}
	}
	return nil
}

// nodePortsClosed leaves alone a rule for few ports: those were chosen.
func nodePortsClosed(r Resource, s Settings) []string {
	a, ok := ingress(r)
	if !ok || !a.tcp() && !a.udp() || !a.covers(firstNodePort) || !a.covers(lastNodePort) || !world(a.from, s.Limits.WidestRange) {
		return nil
	}
	return []string{fmt.Sprintf("admits %s to all node ports", a.from)}
}

func groupClosed(r Resource, s Settings) []string {
	a, ok := ingress(r)
	everything := a.protocol == "" || (a.tcp() || a.udp()) && a.first <= 1 && (a.last == 0 || a.last == 65535)
	if !ok || r.at("protocol").IsComputed() || !everything || !world(a.from, s.Limits.WidestRange) {
		return nil
	}
	return []string{fmt.Sprintf("admits %s to all ports", a.from)}
}

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
