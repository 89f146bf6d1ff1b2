package artifacts

import "slipway/internal/versions"

// CalicoNode sets up nodes.
func CalicoNode() Image { return Image{"quay.io/calico/node", versions.Calico} }

// CalicoCNI installs the CNI plugin.
func CalicoCNI() Image { return Image{"quay.io/calico/cni", versions.Calico} }

// CalicoControllers do once for the cluster what is not a node's own.
func CalicoControllers() Image { return Image{"quay.io/calico/kube-controllers", versions.Calico} }
