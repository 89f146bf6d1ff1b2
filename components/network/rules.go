package network

import (
	"net/netip"
	"slices"
	"strings"
)

// group names one of the network's security groups.
type group string

const (
	groupBastion      group = "bastion"
	groupNode         group = "node"
	groupControlPlane group = "controlplane"
	groupProxy        group = "proxy"
	groupEtcd         group = "etcd"
)

// groups are the security groups, in the order they are created.
var groups = []struct {
	Name        group
	Description string
}{
	{groupBastion, "SSH jump host"},
	{groupNode, "Every node, control planes included"},
	{groupControlPlane, "Control planes, beside the node group"},
	{groupEtcd, "Dedicated etcd members"},
	{groupProxy, "Machines that hold the virtual address of the API"},
}

const (
	ingress = "ingress"
	egress  = "egress"
)

// portRange is an inclusive range; the zero value means every port.
type portRange struct{ First, Last int }

func port(p int) portRange { return portRange{p, p} }

// protocolVRRP is the number of VRRP: as the name that Neutron has for it too,
// but every backend knows numbers.
const protocolVRRP = "112"

// Well-known ports that nobody configures.
var (
	portSSH       = port(22)
	portVXLAN     = port(8472) // flannel's, and the kernel's, not IANA's 4789
	portKubelet   = port(10250)
	portsNodePort = portRange{30000, 32767}
	portsEtcd     = portRange{2379, 2380} // clients and peers
	portEtcdStats = port(2381)
	// Linux's own choice for the near end of a connection (ip_local_port_range).
	portsEphemeral = portRange{32768, 60999}
	// kube-proxy's metrics, and node exporter
	portKubeProxy    = port(10249)
	portNodeExporter = port(9100)
	portGossip       = port(7946) // MetalLB's, by which its nodes know who is alive
	// controller manager, cloud controller manager, scheduler
	portsControllers = portRange{10257, 10259}
)

// rule admits one kind of traffic into or out of a group. Without a peer it
// admits any address.
type rule struct {
	Group       group
	Key         string // unique in its group and stable: it names the resource
	Description string
	Direction   string
	Protocol    string // empty: any
	Ports       portRange
	PeerGroup   group
	PeerCIDR    netip.Prefix
}

func (r rule) etherType() string {
	if r.PeerCIDR.IsValid() && r.PeerCIDR.Addr().Is6() {
		return "IPv6"
	}
	return "IPv4"
}

// rules is everything that the security groups admit.
func rules(a *NetworkArgs) []rule {
	all := slices.Concat(bastionRules(), nodeRules(), controlPlaneRules(port(a.APIPort)))
	all = append(all, podRules(a.RoutedPodCIDR)...)
	for _, cidr := range canonical(a.SSHAccess) {
		all = append(all, rule{groupBastion, "ssh-" + key(cidr), "SSH from " + cidr.String(), ingress, "tcp", portSSH, "", cidr})
	}
	if a.DedicatedEtcd {
		all = append(all, etcdRules()...)
	}
	entrance, entrancePort := groupControlPlane, port(a.APIPort)
	if a.Proxy != nil {
		all = append(all, proxyRules(a)...)
		all = append(all, a.Proxy.publishedRules()...)
		entrance, entrancePort = groupProxy, port(a.Proxy.API)
	}
	if a.LoadBalanced {
		all = append(all, balancerRule(a))
	}
	if a.BalancedServices {
		all = append(all, serviceRules(a)...)
	}
	if a.Monitored {
		all = append(all, monitorRules()...)
	}
	if a.Announced != nil {
		all = append(all, a.Announced.rules()...)
	}
	for _, cidr := range canonical(a.APIAccess) {
		if a.LoadBalanced && cidr == a.CIDR.Masked() {
			continue // so says the load balancer's rule, and Neutron refuses a second
		}
		all = append(all, rule{entrance, "api-" + key(cidr), "Kubernetes API from " + cidr.String(), ingress, "tcp", entrancePort, "", cidr})
	}
	if a.NoBastion {
		return withoutBastion(all)
	}
	return all
}

// withoutBastion has each machine admit what the bastion would: SSH from the same
// ranges. The API has ranges of its own.
func withoutBastion(all []rule) []rule {
	var out []rule
	for _, r := range all {
		switch {
		case r.Group == groupBastion:
		case r.PeerGroup != groupBastion:
			out = append(out, r)
		case r.Ports == portSSH:
			for _, admitted := range all {
				if admitted.Group == groupBastion && admitted.Ports == portSSH {
					admitted.Group = r.Group
					out = append(out, admitted)
				}
			}
		}
	}
	return out
}

// canonical sorts the ranges and drops repetitions: Neutron refuses a second
// rule that says the same.
func canonical(cidrs []netip.Prefix) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(cidrs))
	for _, c := range cidrs {
		out = append(out, c.Masked())
	}
	slices.SortFunc(out, netip.Prefix.Compare)
	return slices.Compact(out)
}

// key makes a range part of a resource name; URNs give "::" a meaning of their own.
func key(cidr netip.Prefix) string {
	return strings.NewReplacer("/", "-", ":", ".").Replace(cidr.String())
}
