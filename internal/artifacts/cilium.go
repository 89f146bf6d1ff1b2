package artifacts

import "slipway/internal/versions"

// CiliumAgent sets up nodes, and is the CNI plugin.
func CiliumAgent() Image { return Image{"quay.io/cilium/cilium", versions.Cilium} }

// CiliumOperator does once for the cluster what is not a node's own.
func CiliumOperator() Image { return Image{"quay.io/cilium/operator-generic", versions.Cilium} }
