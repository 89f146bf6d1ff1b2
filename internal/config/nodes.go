package config

import "net/netip"

// ControlPlane is the set of control-plane nodes.
type ControlPlane struct {
	// Flavor is the name of their flavor: at least 2 vCPU and 2 GiB. Required.
	Flavor string `json:"flavor"`
	// Image overrides openstack.image. Optional.
	Image string `json:"image,omitempty"`
	// Nodes maps node names to nodes; the host name is <cluster>-<name>. Required: an odd number.
	Nodes map[string]Node `json:"nodes"`
	// Schedulable lets ordinary pods run here. Optional. Defaults to false.
	Schedulable bool `json:"schedulable,omitempty"`
	// ContainerVolume is mounted at /var/lib/containerd. Optional: the root disk serves.
	ContainerVolume *Volume `json:"containerVolume,omitempty"`
}

// WorkerPool is a named set of equal worker nodes.
type WorkerPool struct {
	// Flavor is the name of their flavor: at least 1 vCPU and 1 GiB. Required.
	Flavor string `json:"flavor"`
	// Image overrides openstack.image. Optional.
	Image string `json:"image,omitempty"`
	// Nodes maps node names to nodes; the host name is <cluster>-<pool>-<name>. Required.
	Nodes map[string]Node `json:"nodes"`
	// Labels are set on the nodes when they register. Optional.
	Labels map[string]string `json:"labels,omitempty"`
	// Taints are set on the nodes when they register. Optional.
	Taints []Taint `json:"taints,omitempty"`
	// ContainerVolume is mounted at /var/lib/containerd. Optional: the root disk serves.
	ContainerVolume *Volume `json:"containerVolume,omitempty"`
}

// Node is one machine of the control plane or of a pool.
type Node struct {
	// Zone is its availability zone. Optional. Defaults to the entry of
	// openstack.zones that the number at the end of the node's name selects.
	Zone string `json:"zone,omitempty"`
	// Address is its fixed address in the subnet. Optional: Neutron picks.
	Address netip.Addr `json:"address,omitzero"`
}

// Volume is a Cinder volume.
type Volume struct {
	// SizeGB is its size in GiB. Required.
	SizeGB int `json:"sizeGB"`
	// Type is its volume type. Optional: the cloud's default.
	Type string `json:"type,omitempty"`
}

// Taint keeps pods away that do not tolerate it.
type Taint struct {
	// Key of the taint. Required.
	Key string `json:"key"`
	// Value of the taint. Optional.
	Value string `json:"value,omitempty"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute. Required.
	Effect string `json:"effect"`
}
