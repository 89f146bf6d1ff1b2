package kubeadm

import "fmt"

const (
	// patchesDir is where kubeadm finds changes to the objects that it makes.
	patchesDir = "/etc/slipway/patches"
	// DNSPatchFile is the name in it by which kubeadm knows what is changed, and how.
	DNSPatchFile = "corednsdeployment+strategic.yaml"
)

// The parts of a Deployment that spread its pods, by upstream's names.
type deployment struct {
	Spec struct {
		Template struct {
			Spec struct {
				TopologySpreadConstraints []spreadConstraint `json:"topologySpreadConstraints"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

type spreadConstraint struct {
	MaxSkew           int           `json:"maxSkew"`
	MinDomains        int           `json:"minDomains"`
	TopologyKey       string        `json:"topologyKey"`
	WhenUnsatisfiable string        `json:"whenUnsatisfiable"`
	LabelSelector     labelSelector `json:"labelSelector"`
	MatchLabelKeys    []string      `json:"matchLabelKeys"`
	NodeTaintsPolicy  string        `json:"nodeTaintsPolicy"`
}

type labelSelector struct {
	MatchLabels map[string]string `json:"matchLabels"`
}

// RenderDNSPatch returns what keeps the pods of CoreDNS on different nodes.
// kubeadm only prefers that, and the pods wait for a node before there is any:
// the first one that is ready got both, and with it the cluster lost its DNS for
// as long as pods are left on a lost node, more than five minutes.
func RenderDNSPatch() (string, error) {
	var patch deployment
	patch.Spec.Template.Spec.TopologySpreadConstraints = []spreadConstraint{{
		MaxSkew: 1,
		// The second pod waits for a second node instead of going to the first one.
		MinDomains:        2,
		TopologyKey:       "kubernetes.io/hostname",
		WhenUnsatisfiable: "DoNotSchedule",
		LabelSelector:     labelSelector{map[string]string{"k8s-app": "kube-dns"}},
		MatchLabelKeys:    []string{"pod-template-hash"},
		// Nodes that are not ready, or for other pods, do not count.
		NodeTaintsPolicy: "Honor",
	}}
	text, err := documents(patch)
	if err != nil {
		return "", fmt.Errorf("%s: %w", DNSPatchFile, err)
	}
	return text, nil
}
