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

// forgotten describes rules for the answers on connections that are admitted anyway.
// Neutron's iptables firewall forgets the connections of all members of a group
// when any rule of the group goes; those on which the server alone speaks, as the
// streams of etcd's peers, then wait for a keep-alive packet of the client. etcd had
// no leader for 52 seconds after the deletion of one rule, and none was lost with these.
const forgotten = "Replies on connections that the firewall forgot"

// etcdRules hold for machines that are no nodes of the cluster.
func etcdRules() []rule {
	return []rule{
		{Group: groupEtcd, Key: "egress", Description: "Other members, registries, package mirrors", Direction: egress},
		{groupEtcd, "ssh", "SSH from the bastion", ingress, "tcp", portSSH, groupBastion, netip.Prefix{}},
		{groupEtcd, "members", "etcd among its members", ingress, "tcp", portsEtcd, groupEtcd, netip.Prefix{}},
		{groupEtcd, "members-replies", forgotten, ingress, "tcp", portsEphemeral, groupEtcd, netip.Prefix{}},
		{groupControlPlane, "etcd-replies", forgotten, ingress, "tcp", portsEphemeral, groupEtcd, netip.Prefix{}},
		{groupEtcd, "clients", "etcd from API servers", ingress, "tcp", port(portsEtcd.First), groupControlPlane, netip.Prefix{}},
		{groupEtcd, "metrics", "etcd metrics for collectors on any node", ingress, "tcp", portEtcdStats, groupNode, netip.Prefix{}},
	}
}

// proxyRules hold for machines that may be nodes too, or nothing of the cluster.
func proxyRules(a *NetworkArgs) []rule {
	api, status := port(a.Proxy.API), port(a.Proxy.Status)
	return []rule{
		{Group: groupProxy, Key: "egress", Description: "API servers, other proxies, package mirrors", Direction: egress},
		{groupProxy, "ssh", "SSH from the bastion", ingress, "tcp", portSSH, groupBastion, netip.Prefix{}},
		{groupProxy, "vrrp", "Keepalived's advertisements among proxies", ingress, protocolVRRP, portRange{}, groupProxy, netip.Prefix{}},
		{groupProxy, "api", "Kubernetes API from nodes", ingress, "tcp", api, groupNode, netip.Prefix{}},
		{groupProxy, "api-bastion", "Kubernetes API through the bastion", ingress, "tcp", api, groupBastion, netip.Prefix{}},
		{groupProxy, "status", "Signs of life among proxies", ingress, "tcp", status, groupProxy, netip.Prefix{}},
		{groupProxy, "status-nodes", "HAProxy's metrics for collectors on any node", ingress, "tcp", status, groupNode, netip.Prefix{}},
		{groupControlPlane, "api-proxy", "Kubernetes API from proxies", ingress, "tcp", port(a.APIPort), groupProxy, netip.Prefix{}},
	}
}

// balancerRule admits the cloud's load balancer. Its own ports in the subnet are
// in no group of ours, and change whenever it heals itself.
func balancerRule(a *NetworkArgs) rule {
	return rule{groupControlPlane, "api-balancer", "Kubernetes API from the load balancer", ingress, "tcp", port(a.APIPort), "", a.CIDR.Masked()}
}

// monitorRules admit what only a monitored cluster has, or asks for.
func monitorRules() []rule {
	const why = "Metrics for collectors on any node"
	return []rule{
		{groupNode, "node-exporter", why, ingress, "tcp", portNodeExporter, groupNode, netip.Prefix{}},
		{groupNode, "kube-proxy", why, ingress, "tcp", portKubeProxy, groupNode, netip.Prefix{}},
	}
}

func bastionRules() []rule {
	return []rule{
		{Group: groupBastion, Key: "egress", Description: "Nodes, name servers, package mirrors", Direction: egress},
	}
}

// nodeRules hold for every node. Pods that reach for a node's own address come
// from their node's address (flannel masquerades), so "from nodes" covers them.
func nodeRules() []rule {
	return []rule{
		{Group: groupNode, Key: "egress", Description: "Other nodes, registries, name and time servers", Direction: egress},
		{groupNode, "ssh", "SSH from the bastion", ingress, "tcp", portSSH, groupBastion, netip.Prefix{}},
		{groupNode, "icmp", "Ping among nodes", ingress, "icmp", portRange{}, groupNode, netip.Prefix{}},
		{groupNode, "kubelet", "Kubelet API from API servers and metrics collectors", ingress, "tcp", portKubelet, groupNode, netip.Prefix{}},
		{groupNode, "nodeport-tcp", "Node ports among nodes", ingress, "tcp", portsNodePort, groupNode, netip.Prefix{}},
		{groupNode, "nodeport-udp", "Node ports among nodes", ingress, "udp", portsNodePort, groupNode, netip.Prefix{}},
	}
}

func controlPlaneRules(api portRange) []rule {
	return []rule{
		{groupControlPlane, "api", "Kubernetes API from nodes", ingress, "tcp", api, groupNode, netip.Prefix{}},
		{groupControlPlane, "api-bastion", "Kubernetes API through the bastion", ingress, "tcp", api, groupBastion, netip.Prefix{}},
		{groupControlPlane, "etcd", "etcd clients and peers", ingress, "tcp", portsEtcd, groupControlPlane, netip.Prefix{}},
		{groupControlPlane, "replies", forgotten, ingress, "tcp", portsEphemeral, groupControlPlane, netip.Prefix{}},
		{groupControlPlane, "etcd-metrics", "etcd metrics for collectors on any node", ingress, "tcp", portEtcdStats, groupNode, netip.Prefix{}},
		{groupControlPlane, "controllers", "Scheduler and controller metrics for collectors on any node", ingress, "tcp", portsControllers, groupNode, netip.Prefix{}},
	}
}

// podRules carry pods' packets between nodes: inside the overlay, or, when
// pods are routed, as they are. Routed packets come from a pod's address, which
// a peer group does not cover on every Neutron backend (OVN leaves allowed
// address pairs out of it), and those from a node to a pod go to any port.
func podRules(routed netip.Prefix) []rule {
	if !routed.IsValid() {
		return []rule{{groupNode, "vxlan", "Pod overlay among nodes", ingress, "udp", portVXLAN, groupNode, netip.Prefix{}}}
	}
	return []rule{
		{groupNode, "pods", "Packets of pods on other nodes", ingress, "", portRange{}, "", routed.Masked()},
		{groupNode, "to-pods", "Packets of other nodes to pods", ingress, "", portRange{}, groupNode, netip.Prefix{}},
	}
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
