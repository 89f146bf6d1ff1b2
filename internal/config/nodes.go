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
	// ServerGroupPolicy says how several nodes are kept apart on the cloud's
	// hosts. Optional. Defaults to "anti-affinity".
	ServerGroupPolicy ServerGroupPolicy `json:"serverGroupPolicy,omitempty"`
	// Schedulable lets ordinary pods run here. Optional. Defaults to false.
	Schedulable bool `json:"schedulable,omitempty"`
	// ContainerVolume is mounted at /var/lib/containerd. Optional: the root disk serves.
	ContainerVolume *Volume `json:"containerVolume,omitempty"`
}

// ServerGroupPolicy is a policy of Nova's server groups.
type ServerGroupPolicy string

// The policies of server groups.
const (
	// AntiAffinity refuses a second node on a host: one host takes one etcd member along.
	AntiAffinity ServerGroupPolicy = "anti-affinity"
	// SoftAntiAffinity allows it when there are too few hosts.
	SoftAntiAffinity ServerGroupPolicy = "soft-anti-affinity"
)

// Etcd tunes etcd, and gives it nodes of its own if wanted.
type Etcd struct {
	// Flavor is the name of the flavor of its nodes. Required with Nodes.
	Flavor string `json:"flavor,omitempty"`
	// Image overrides openstack.image. Optional.
	Image string `json:"image,omitempty"`
	// Nodes maps node names to nodes that run etcd and nothing else; the host
	// name is <cluster>-etcd-<name>. Optional: etcd runs on the control plane.
	Nodes map[string]Node `json:"nodes,omitempty"`
	// Volume is mounted at /var/lib/etcd, wherever etcd runs. Optional: the root disk serves.
	Volume *Volume `json:"volume,omitempty"`
	// Snapshots says when etcd's data is saved on its nodes. Optional.
	Snapshots Snapshots `json:"snapshots,omitzero"`
}

// Snapshots says when etcd's data is saved, and how long.
type Snapshots struct {
	// Schedule is a calendar expression of systemd. Optional. Defaults to every six hours.
	Schedule string `json:"schedule,omitempty"`
	// Keep is how many stay. Optional. Defaults to 12.
	Keep int `json:"keep,omitempty"`
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
	// StorageVolumes are attached to each node as they are, for Ceph. Optional.
	StorageVolumes []Volume `json:"storageVolumes,omitempty"`
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
