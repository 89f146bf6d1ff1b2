// Package config owns the configuration tree of a stack: its types, strict
// decoding, defaults and validation. It knows nothing of Pulumi resources.
package config

import "slipway/internal/nodeos"

// Config is everything a stack's `slipway:` keys may say. Each field is the
// key of the same name in camel case, e.g. ControlPlane is slipway:controlPlane.
type Config struct {
	// Stack is the kind of stack. Optional. Defaults to "cluster".
	Stack StackKind `json:"stack,omitempty"`
	// Cluster names the cluster. Required.
	Cluster Cluster `json:"cluster"`
	// OpenStack says where the machines come from. Required unless Hosts is set.
	OpenStack OpenStack `json:"openstack"`
	// Hosts are machines that exist already. Optional: OpenStack makes them.
	Hosts Hosts `json:"hosts,omitzero"`
	// Network is the private network of the nodes. Optional.
	Network Network `json:"network,omitzero"`
	// Access lists who may reach the API and SSH. Required.
	Access Access `json:"access"`
	// Bastion is the SSH jump host. Optional: without it the ranges that may use
	// SSH are routed to the nodes, which have no public address.
	Bastion Bastion `json:"bastion,omitzero"`
	// Endpoint is how clients and nodes reach the Kubernetes API. Optional.
	Endpoint Endpoint `json:"endpoint,omitzero"`
	// ControlPlane lists the control-plane nodes. Required.
	ControlPlane ControlPlane `json:"controlPlane"`
	// Etcd tunes etcd and its nodes. Optional.
	Etcd Etcd `json:"etcd,omitzero"`
	// WorkerPools maps pool names to pools. Optional: without any the control
	// plane must be schedulable.
	WorkerPools map[string]WorkerPool `json:"workerPools,omitempty"`
	// Kubernetes holds version, networking and component settings. Optional.
	Kubernetes Kubernetes `json:"kubernetes,omitzero"`
	// CloudController has the cluster talk to its OpenStack. Optional.
	CloudController CloudController `json:"cloudController,omitzero"`
	// CinderCSI gives claims of the cluster volumes of Cinder. Optional.
	CinderCSI CinderCSI `json:"cinderCSI,omitzero"`
	// MetalLB gives Services addresses in the nodes' network. Optional.
	MetalLB MetalLB `json:"metalLB,omitzero"`
	// Monitoring watches the cluster with Prometheus. Optional.
	Monitoring Monitoring `json:"monitoring,omitzero"`
	// Logging keeps what pods write. Optional.
	Logging Logging `json:"logging,omitzero"`
	// KeystoneAuth lets people log in with their identity in OpenStack. Optional.
	KeystoneAuth KeystoneAuth `json:"keystoneAuth,omitzero"`
	// Ingress hands HTTP requests to Services by host names. Optional.
	Ingress Ingress `json:"ingress,omitzero"`
	// RookCeph gives the cluster storage on its own nodes. Optional.
	RookCeph RookCeph `json:"rookCeph,omitzero"`
	// CertManager has certificates issued. Optional.
	CertManager CertManager `json:"certManager,omitzero"`
	// ExternalDNS writes names into zones of OpenStack's DNS. Optional.
	ExternalDNS ExternalDNS `json:"externalDNS,omitzero"`
	// Artifacts is where binaries and images come from. Optional.
	Artifacts Artifacts `json:"artifacts,omitzero"`
	// Containerd tunes the container runtime of every node. Optional.
	Containerd Containerd `json:"containerd,omitzero"`
	// Policy says how the rules of the policy pack apply. Optional.
	Policy Policy `json:"policy,omitzero"`
}

// StackKind is what a stack deploys.
type StackKind string

// The kinds of stack.
const (
	StackCluster StackKind = "cluster"
	// StackNetwork is a network alone, for clusters of other stacks.
	StackNetwork StackKind = "network"
)

// Cluster identifies the cluster.
type Cluster struct {
	// Name prefixes every cloud resource: a DNS label of at most 40 characters. Required.
	Name string `json:"name"`
	// Protect keeps network, API address and etcd's volumes from being deleted:
	// Pulumi refuses until this is false again. Optional. Defaults to false.
	Protect bool `json:"protect,omitempty"`
}

// OpenStack holds what all machines of the stack share in the cloud. The
// credentials are the OpenStack provider's own (openstack:cloud, OS_*).
type OpenStack struct {
	// ExternalNetwork is the name of the network that routers and floating IPs use. Required.
	ExternalNetwork string `json:"externalNetwork"`
	// Image is the name of the default image of all machines. Required.
	Image string `json:"image"`
	// OS is the operating system in all images: debian, ubuntu, flatcar or
	// fedora-coreos. Optional. Defaults to "debian".
	OS nodeos.OS `json:"os,omitempty"`
	// User is the login user of the images, who may use sudo without a password.
	// Optional. Defaults to the one that the system's own images have.
	User string `json:"user,omitempty"`
	// Zones are the availability zones that nodes are spread over by the
	// numbers in their names: cp1 is in the first. Optional: Nova picks.
	Zones []string `json:"zones,omitempty"`
	// CACertificate is the authority of the cloud's API in PEM, for what runs in
	// the cluster. Optional: one that every system knows.
	CACertificate string `json:"caCertificate,omitempty"`
}

// Artifacts is where binaries and images come from.
type Artifacts struct {
	// Files is the base URL of a mirror that holds each upstream file under
	// <host>/<path>. Optional: upstream itself.
	Files string `json:"files,omitempty"`
	// Images is the URL of a registry that holds each image under its
	// repository path without the host. Optional: upstream itself.
	Images string `json:"images,omitempty"`
	// Charts is the URL below which a registry holds each Helm chart under its
	// name, with its version as the tag: oci://, or http:// for one without TLS.
	// Optional: where other files are.
	Charts string `json:"charts,omitempty"`
	// Checksums pins files: it maps <host>/<path> to a SHA-256 in hex. Optional:
	// the checksum published beside each file is used.
	Checksums map[string]string `json:"checksums,omitempty"`
}

// Containerd tunes the container runtime of every node.
type Containerd struct {
	// DisableAppArmor starts containers without AppArmor profiles. Optional. Defaults to false.
	DisableAppArmor bool `json:"disableAppArmor,omitempty"`
	// RestrictOOMScoreAdj is for nodes that may not lower OOM scores. Optional. Defaults to false.
	RestrictOOMScoreAdj bool `json:"restrictOOMScoreAdj,omitempty"`
}
