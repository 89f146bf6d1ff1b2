package policy

import (
	"time"

	"slipway/internal/config"
)

// Settings are what rules know of a stack beside its resources.
type Settings struct {
	config.Policy
	// Cluster names the cluster, if the stack has one.
	Cluster string
	// Network names the network of a stack that is for clusters of others.
	Network string
	// Version is the Kubernetes release, empty if it is not known.
	Version string
	// APIPorts are the ports of the Kubernetes API.
	APIPorts []int
	// GroupsDecide says that security groups keep clients away from the API, and
	// not the load balancer: that of OVN cannot.
	GroupsDecide bool
	// Today is the date that ends are compared with.
	Today time.Time
}

// endpointOVN is Octavia's driver that has no lists of clients.
const endpointOVN = "ovn"

// FromConfig reads the settings from a stack's configuration.
func FromConfig(c *config.Config, today time.Time) Settings {
	return Settings{
		Policy: c.Policy, Cluster: c.Cluster.Name, Network: c.Network.Name, Version: c.Kubernetes.Version,
		GroupsDecide: endpointOVN == c.Endpoint.Octavia.Provider,
		APIPorts:     []int{c.Endpoint.Port, c.APIServerPort()}, Today: today,
	}
}
