package policy

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
