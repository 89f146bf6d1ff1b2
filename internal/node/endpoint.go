package node

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Endpoint is how the Kubernetes API of a cluster is reached. Every way to
// provide one yields this, so a control plane does not know which one it has.
type Endpoint struct {
	// Internal is the address that nodes use: it never leaves the network.
	Internal pulumi.StringOutput
	// External is the address that clients use; the same as Internal without a floating IP.
	External pulumi.StringOutput
	// Port of the API at both.
	Port int
}

// Outputs are what a component that provides the endpoint registers.
func (e Endpoint) Outputs() pulumi.Map {
	return pulumi.Map{"internal": e.Internal, "external": e.External, "port": pulumi.Int(e.Port)}
}
