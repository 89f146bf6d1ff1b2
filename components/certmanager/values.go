package certmanager

import "slipway/internal/artifacts"

// values is what is set of the chart's values:
// https://github.com/cert-manager/cert-manager/blob/v1.21.1/deploy/charts/cert-manager/values.yaml
type values struct {
	Global      global         `json:"global"`
	Definitions definitions    `json:"crds"`
	Controller  *configuration `json:"config,omitempty"`
	// OwnerRef has a Secret go with its Certificate.
	OwnerRef bool `json:"enableCertificateOwnerRef"`
	// Nameservers and OnlyThese are who is asked for the records of challenges.
	Nameservers string `json:"dns01RecursiveNameservers,omitempty"`
	OnlyThese   bool   `json:"dns01RecursiveNameserversOnly,omitempty"`
	part
	Solver   solver  `json:"acmesolver"`
	Webhook  part    `json:"webhook"`
	Injector part    `json:"cainjector"`
	Check    enabled `json:"startupapicheck"`
}

type global struct {
	Priority string   `json:"priorityClassName"`
	Election election `json:"leaderElection"`
}

type election struct {
	Namespace string `json:"namespace"`
}

type definitions struct {
	Enabled bool `json:"enabled"`
}

// configuration is the controllers' own.
type configuration struct {
	Gateways enabled `json:"gatewayAPI"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

// part is one of the programs.
type part struct {
	Replicas   int             `json:"replicaCount"`
	Disruption disruption      `json:"podDisruptionBudget"`
	Image      image           `json:"image"`
	Security   securityContext `json:"securityContext"`
	Resources  resources       `json:"resources"`
}

type disruption struct {
	Enabled        bool `json:"enabled"`
	MaxUnavailable int  `json:"maxUnavailable,omitempty"`
}

type image struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
}

type securityContext struct {
	User int `json:"runAsUser"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
}

type solver struct {
	Image image `json:"image"`
}

func (a *CertManagerArgs) values() values {
	v := values{
		// The leases are where everything else is, and go with it.
		Global:      global{"system-cluster-critical", election{namespace}},
		Definitions: definitions{true},
		OwnerRef:    true,
		part:        a.part(artifacts.CertManagerController()),
		Solver:      solver{image(artifacts.CertManagerSolver())},
		Webhook:     a.part(artifacts.CertManagerWebhook()),
		Injector:    a.part(artifacts.CertManagerInjector()),
	}
	if a.DNS01 != nil && len(a.DNS01.Nameservers) > 0 {
		v.Nameservers, v.OnlyThese = a.DNS01.nameservers(), true
	}
	if a.Gateway != nil {
		v.Controller = &configuration{enabled{true}}
	}
	return v
}

func (a *CertManagerArgs) part(program artifacts.Image) part {
	p := part{
		Replicas: a.Replicas, Image: image(program), Security: securityContext{user},
		Resources: resources{map[string]string{"cpu": "10m", "memory": "64Mi"}},
	}
	if a.Replicas > 1 {
		p.Disruption = disruption{true, 1}
	}
	return p
}
