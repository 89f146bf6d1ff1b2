package ingress

import "slipway/internal/artifacts"

// values is what is set of the chart's values:
// https://github.com/traefik/traefik-helm-chart/blob/v41.6.0/traefik/values.yaml
type values struct {
	Image        image        `json:"image"`
	Deployment   deployment   `json:"deployment"`
	Disruption   disruption   `json:"podDisruptionBudget"`
	IngressClass ingressClass `json:"ingressClass"`
	Providers    providers    `json:"providers"`
	Gateway      gateway      `json:"gateway"`
	GatewayClass gatewayClass `json:"gatewayClass"`
	API          api          `json:"api"`
	Global       global       `json:"global"`
	Ports        ports        `json:"ports"`
	Service      service      `json:"service"`
	Resources    resources    `json:"resources"`
	Spread       []spread     `json:"topologySpreadConstraints"`
	Priority     string       `json:"priorityClassName"`
}

type image struct {
	Registry   string `json:"registry"`
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
}

type deployment struct {
	Replicas int `json:"replicas"`
}

type disruption struct {
	Enabled        bool `json:"enabled"`
	MaxUnavailable int  `json:"maxUnavailable"`
}

type ingressClass struct {
	Enabled   bool   `json:"enabled"`
	IsDefault bool   `json:"isDefaultClass"`
	Name      string `json:"name"`
}

type providers struct {
	Gateway enabled `json:"kubernetesGateway"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

type gateway struct {
	Enabled   bool                `json:"enabled"`
	Name      string              `json:"name"`
	Listeners map[string]listener `json:"listeners"`
}

type listener struct {
	Port            int             `json:"port"`
	Protocol        string          `json:"protocol"`
	NamespacePolicy namespacePolicy `json:"namespacePolicy"`
}

type namespacePolicy struct {
	From string `json:"from"`
}

type gatewayClass struct {
	Enabled bool   `json:"enabled"`
	Name    string `json:"name"`
}

type api struct {
	Dashboard bool `json:"dashboard"`
}

type global struct {
	CheckNewVersion    bool `json:"checkNewVersion"`
	SendAnonymousUsage bool `json:"sendAnonymousUsage"`
}

type ports struct {
	WebSecure port `json:"websecure"`
}

type port struct {
	Expose map[string]bool `json:"expose"`
}

type service struct {
	Annotations map[string]string `json:"annotations,omitempty"`
	Spec        serviceSpec       `json:"spec"`
}

type serviceSpec struct {
	Type    string `json:"type"`
	Traffic string `json:"externalTrafficPolicy"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
}

type spread struct {
	MaxSkew           int           `json:"maxSkew"`
	TopologyKey       string        `json:"topologyKey"`
	WhenUnsatisfiable string        `json:"whenUnsatisfiable"`
	LabelSelector     labelSelector `json:"labelSelector"`
	MatchLabelKeys    []string      `json:"matchLabelKeys"`
}

type labelSelector struct {
	MatchLabels map[string]string `json:"matchLabels"`
}

// webPort is where Traefik listens in its pods. It takes a Gateway's listener for
// its own by this number, so listeners have it, although clients use port 80.
const webPort = 8000

func (a *IngressArgs) values() values {
	traefik := artifacts.Traefik()
	return values{
		Image:        image{"docker.io", "library/traefik", traefik.Tag},
		Deployment:   deployment{a.Replicas},
		Disruption:   disruption{true, 1},
		IngressClass: ingressClass{true, true, "traefik"},
		Providers:    providers{enabled{true}},
		Gateway:      gateway{true, "slipway", map[string]listener{"web": {webPort, "HTTP", namespacePolicy{"All"}}}},
		GatewayClass: gatewayClass{true, "traefik"},
		// Certificates are not Slipway's business yet, so nothing answers by TLS.
		Ports:     ports{port{map[string]bool{"default": false}}},
		Service:   a.service(),
		Resources: resources{map[string]string{"cpu": "50m", "memory": "64Mi"}},
		Spread:    []spread{a.spread()},
		Priority:  "system-cluster-critical",
	}
}

func (a *IngressArgs) service() service {
	s := service{Spec: serviceSpec{"LoadBalancer", "Cluster"}}
	if a.Announced {
		s.Spec.Traffic = "Local"
	}
	if a.Address != "" {
		s.Annotations = map[string]string{"metallb.io/loadBalancerIPs": a.Address}
	}
	return s
}

// spread puts pods on different nodes, if there are as many.
func (a *IngressArgs) spread() spread {
	return spread{
		1, "kubernetes.io/hostname", "ScheduleAnyway",
		labelSelector{map[string]string{"app.kubernetes.io/name": "traefik"}},
		[]string{"pod-template-hash"},
	}
}
