package config

import "net/netip"

// Network is the private network of one cluster, or of several that share it.
type Network struct {
	// Name prefixes the cloud resources of a network that is a stack of its own: a
	// DNS label of at most 40 characters. Required there. A cluster's own network has
	// the cluster's name.
	Name string `json:"name,omitempty"`
	// Protect keeps a network that is a stack of its own from being deleted: Pulumi
	// refuses until this is false again. Optional. Defaults to false.
	Protect bool `json:"protect,omitempty"`
	// Stack is the stack of kind network whose network the cluster joins: its name,
	// or organization/project/name for one of another project. Optional: the cluster
	// has a network of its own.
	Stack string `json:"stack,omitempty"`
	// CIDR is the range of the nodes' subnet. Optional. Defaults to 10.0.0.0/16.
	CIDR netip.Prefix `json:"cidr,omitzero"`
	// DNSServers are handed to the nodes. Optional: Neutron's own.
	DNSServers []netip.Addr `json:"dnsServers,omitempty"`
	// MTU in bytes. Optional: Neutron's choice.
	MTU int `json:"mtu,omitempty"`
}

// Access lists the client ranges that security groups admit.
type Access struct {
	// API are the ranges that may reach the Kubernetes API from outside the network. Required.
	API []netip.Prefix `json:"api"`
	// SSH are the ranges that may reach the bastion, or without one every node, on
	// port 22. Required.
	SSH []netip.Prefix `json:"ssh"`
}

// HasBastion says whether there is to be one.
func (c *Config) HasBastion() bool { return c.Bastion != Bastion{} }

// Bastion is the SSH jump host on both networks.
type Bastion struct {
	// Flavor is the name of its flavor. Required.
	Flavor string `json:"flavor"`
	// Image overrides openstack.image. Optional.
	Image string `json:"image,omitempty"`
}

// EndpointType is a way to reach the API servers.
type EndpointType string

// The endpoint types.
const (
	// EndpointDirect is the address of the only control-plane node.
	EndpointDirect EndpointType = "direct"
	// EndpointKeepalived is an address that HAProxy and Keepalived hold on
	// several nodes in turn. It needs no load balancer in the cloud.
	EndpointKeepalived EndpointType = "keepalived"
	// EndpointOctavia is a load balancer of the cloud.
	EndpointOctavia EndpointType = "octavia"
)

// Endpoint is how clients and nodes reach the Kubernetes API.
type Endpoint struct {
	// Type of the endpoint. Optional. Defaults to "direct".
	Type EndpointType `json:"type,omitempty"`
	// Port of the API. Optional. Defaults to 6443, and to 8443 for "keepalived",
	// whose HAProxy shares its nodes with the API servers.
	Port int `json:"port,omitempty"`
	// FloatingIP puts a floating IP on the endpoint for clients outside the
	// network. Optional. Defaults to false: the API is reached from inside only.
	FloatingIP bool `json:"floatingIP,omitempty"`
	// FloatingIPAddress is a floating IP of the project that is to be used; it
	// is never released. Optional.
	FloatingIPAddress netip.Addr `json:"floatingIPAddress,omitzero"`
	// CertSANs are further names and addresses in the API server's certificate. Optional.
	CertSANs []string `json:"certSANs,omitempty"`
	// Keepalived tunes the endpoint of that type. Optional.
	Keepalived Keepalived `json:"keepalived,omitzero"`
	// Octavia tunes the endpoint of that type. Optional.
	Octavia Octavia `json:"octavia,omitzero"`
}

// Keepalived tunes the endpoint of type keepalived.
type Keepalived struct {
	// Address is the virtual address in the subnet. Optional. Defaults to the
	// first that is kept for fixed addresses, e.g. 10.0.0.2.
	Address netip.Addr `json:"address,omitzero"`
	// VirtualRouterID tells virtual addresses in one network apart, 1 to 255.
	// Optional. Defaults to the last number of Address.
	VirtualRouterID int `json:"virtualRouterID,omitempty"`
	// Proxies are machines of their own for it. Optional: the control-plane
	// nodes hold the address.
	Proxies *Proxies `json:"proxies,omitempty"`
}

// Proxies are machines that run HAProxy and Keepalived and nothing of Kubernetes.
type Proxies struct {
	// Flavor is the name of their flavor. Required.
	Flavor string `json:"flavor"`
	// Image overrides openstack.image. Optional.
	Image string `json:"image,omitempty"`
	// Nodes maps node names to nodes; the host name is <cluster>-proxy-<name>. Required.
	Nodes map[string]Node `json:"nodes"`
}

// Octavia tunes the endpoint of type octavia.
type Octavia struct {
	// Provider is the name of the driver, e.g. amphora or ovn. Optional: the cloud's default.
	Provider string `json:"provider,omitempty"`
}
