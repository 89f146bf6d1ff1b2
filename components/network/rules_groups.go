package network

import "net/netip"

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
