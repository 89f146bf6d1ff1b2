package network

import (
	"fmt"
	"net/netip"
)

// publishedRules admit clients to Services by way of the proxies.
func (p *ProxyPorts) publishedRules() []rule {
	var all []rule
	for _, n := range p.NodePorts {
		all = append(all, rule{groupControlPlane, fmt.Sprintf("published-%d", n), "Services from proxies", ingress, "tcp", port(n), groupProxy, netip.Prefix{}})
	}
	for _, n := range p.Published {
		all = append(all, rule{groupProxy, fmt.Sprintf("published-%d", n), "Services from nodes", ingress, "tcp", port(n), groupNode, netip.Prefix{}})
		for _, cidr := range canonical(p.PublishedAccess) {
			all = append(all, rule{groupProxy, fmt.Sprintf("published-%d-%s", n, key(cidr)), "Services from " + cidr.String(), ingress, "tcp", port(n), "", cidr})
		}
	}
	return all
}

// serviceRules admit load balancers of Services, as balancerRule does that of the API.
func serviceRules(a *NetworkArgs) []rule {
	const why = "Node ports from load balancers"
	return []rule{
		{groupNode, "balanced-tcp", why, ingress, "tcp", portsNodePort, "", a.CIDR.Masked()},
		{groupNode, "balanced-udp", why, ingress, "udp", portsNodePort, "", a.CIDR.Masked()},
	}
}

// rules hold for the nodes that answer for addresses of Services. A rule cannot
// tell these addresses from the node's own, so it is for few ports.
func (s *AnnouncedServices) rules() []rule {
	const gossip = "MetalLB among nodes"
	all := []rule{
		{groupNode, "announce-tcp", gossip, ingress, "tcp", portGossip, groupNode, netip.Prefix{}},
		{groupNode, "announce-udp", gossip, ingress, "udp", portGossip, groupNode, netip.Prefix{}},
	}
	seen := map[string]bool{}
	for _, access := range s.Access {
		for _, cidr := range canonical(access.From) {
			for _, p := range access.Ports {
				name := fmt.Sprintf("service-%s-%d-%s", access.Protocol, p, key(cidr))
				if !seen[name] {
					all = append(all, rule{groupNode, name, fmt.Sprintf("Services from %s", cidr), ingress, access.Protocol, port(p), "", cidr})
				}
				seen[name] = true
			}
		}
	}
	return all
}
