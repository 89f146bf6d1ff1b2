package artifacts

import "slipway/internal/versions"

// MetalLBController gives addresses to Services.
func MetalLBController() Image { return Image{"quay.io/metallb/controller", versions.MetalLB} }

// MetalLBSpeaker answers for addresses on a node.
func MetalLBSpeaker() Image { return Image{"quay.io/metallb/speaker", versions.MetalLB} }

// MetalLBImages are all that MetalLB runs.
func MetalLBImages() []string {
	return []string{MetalLBController().String(), MetalLBSpeaker().String()}
}
