package config

import "net/netip"

// Network is the private network of one cluster.
type Network struct {
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
	// SSH are the ranges that may reach the bastion on port 22. Required.
	SSH []netip.Prefix `json:"ssh"`
}

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
)

// Endpoint is how clients and nodes reach the Kubernetes API.
type Endpoint struct {
	// Type of the endpoint. Optional. Defaults to "direct".
	Type EndpointType `json:"type,omitempty"`
	// Port of the API. Optional. Defaults to 6443.
	Port int `json:"port,omitempty"`
	// FloatingIP puts a floating IP on the endpoint for clients outside the
	// network. Optional. Defaults to false: the API is reached from inside only.
	FloatingIP bool `json:"floatingIP,omitempty"`
	// CertSANs are further names and addresses in the API server's certificate. Optional.
	CertSANs []string `json:"certSANs,omitempty"`
}
