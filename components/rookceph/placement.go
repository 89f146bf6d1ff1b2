package rookceph

import (
	"cmp"
	"maps"
	"slices"
)

// placement is where pods may run.
type placement struct {
	NodeAffinity nodeAffinity `json:"nodeAffinity"`
	Tolerations  []toleration `json:"tolerations,omitempty"`
}

type nodeAffinity struct {
	Required nodeSelector `json:"requiredDuringSchedulingIgnoredDuringExecution"`
}

type nodeSelector struct {
	Terms []nodeTerm `json:"nodeSelectorTerms"`
}

type nodeTerm struct {
	Expressions []expression `json:"matchExpressions"`
}

type expression struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

type toleration struct {
	Key      string `json:"key"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
	Effect   string `json:"effect"`
}

// placement has everything of Ceph run on the nodes that store data, whatever
// their taints.
func (a *RookCephArgs) placement() placement {
	p := placement{NodeAffinity: nodeAffinity{nodeSelector{[]nodeTerm{{[]expression{{
		Key: "kubernetes.io/hostname", Operator: "In", Values: slices.Sorted(maps.Keys(a.Nodes)),
	}}}}}}}
	for _, n := range a.Nodes {
		for _, t := range n.Taints {
			p.Tolerations = append(p.Tolerations, toleration{t.Key, "Equal", t.Value, t.Effect})
		}
	}
	slices.SortFunc(p.Tolerations, func(a, b toleration) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Effect, b.Effect))
	})
	p.Tolerations = slices.Compact(p.Tolerations)
	return p
}
