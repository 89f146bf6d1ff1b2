package metallb

import "slipway/internal/artifacts"

// values is what is set of the chart's values:
// https://github.com/metallb/metallb/blob/v0.16.1/charts/metallb/values.yaml
type values struct {
	Controller controllerValues `json:"controller"`
	Speaker    speakerValues    `json:"speaker"`
	CRDs       crdValues        `json:"crds"`
	// FRR speaks BGP, which is not used.
	FRR enabled `json:"frrk8s"`
}

type part struct {
	Image     image     `json:"image"`
	Resources resources `json:"resources"`
	Priority  string    `json:"priorityClassName"`
}

type controllerValues struct {
	part
	Tolerations []toleration `json:"tolerations"`
}

type speakerValues struct {
	part
	// IgnoreExcludeLB answers on nodes that say that they are not for load
	// balancers, as kubeadm's control planes do.
	IgnoreExcludeLB bool `json:"ignoreExcludeLB"`
}

type image struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
}

type toleration struct {
	Key      string `json:"key"`
	Operator string `json:"operator"`
}

type crdValues struct {
	ValidationFailurePolicy string `json:"validationFailurePolicy"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

func (a *MetalLBArgs) values() values {
	of := func(i artifacts.Image, priority string) part {
		return part{image{i.Repository, i.Tag}, resources{map[string]string{"cpu": "10m", "memory": "32Mi"}}, priority}
	}
	return values{
		Controller: controllerValues{
			part: of(artifacts.MetalLBController(), "system-cluster-critical"),
			// A cluster whose workers are full still gives addresses.
			Tolerations: []toleration{{"node-role.kubernetes.io/control-plane", "Exists"}},
		},
		Speaker: speakerValues{of(artifacts.MetalLBSpeaker(), "system-node-critical"), a.OnControlPlane},
		// The webhook has its certificate a moment after its pod is ready. The
		// pools were checked before; what others add is checked from then on.
		CRDs: crdValues{"Ignore"},
	}
}
