package policy

import (
	"fmt"
	"net/netip"
)

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
