// Package machine builds what control planes, workers and the bastion have in
// common: a machine that SSH reaches and that shows a known host key, made in
// OpenStack or there already. It owns no Kubernetes knowledge.
package machine

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Machine is one machine, wherever it came from.
type Machine struct {
	// HostName is its own name, which is also its Node's.
	HostName string
	// Root is what everything on the machine goes with: its server, or the claim
	// on one that exists.
	Root pulumi.CustomResource
	// Address is the one at which other machines of the cluster reach it.
	Address pulumi.StringOutput
	// HostKey is the public host key that sshd shows.
	HostKey pulumi.StringOutput
	// Login leads into the machine. Secret.
	Login Login
	// Devices are the paths of the volumes that it mounts, in the order they were
	// asked for, Disks those of the others.
	Devices, Disks pulumi.StringArray
}

// outputs are what the component of a machine registers.
func (m *Machine) outputs() pulumi.Map {
	return pulumi.Map{"address": m.Address, "hostKey": m.HostKey}
}
