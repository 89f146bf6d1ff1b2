package ingress

import (
	"net/netip"

	"slipway/internal/artifacts"
)

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
	// TLSOptions are how all host names speak TLS.
	TLSOptions map[string]tlsOptions `json:"tlsOptions,omitempty"`
	Service    service               `json:"service"`
	Resources  resources             `json:"resources"`
	Spread     []spread              `json:"topologySpreadConstraints"`
	Priority   string                `json:"priorityClassName"`
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
	Gateway gatewayProvider  `json:"kubernetesGateway"`
	Ingress *ingressProvider `json:"kubernetesIngress,omitempty"`
}

type gatewayProvider struct {
	Enabled bool           `json:"enabled"`
	Status  *statusAddress `json:"statusAddress,omitempty"`
}

// statusAddress is shown instead of the Service's.
type statusAddress struct {
	publicAddress
	Service enabled `json:"service"`
}

type ingressProvider struct {
	Published enabled       `json:"publishedService"`
	Endpoint  publicAddress `json:"ingressEndpoint"`
}

// publicAddress is one or the other.
type publicAddress struct {
	IP       string `json:"ip,omitempty"`
	Hostname string `json:"hostname,omitempty"`
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
	Hostname        string          `json:"hostname,omitempty"`
	Certificates    []secretRef     `json:"certificateRefs,omitempty"`
	NamespacePolicy namespacePolicy `json:"namespacePolicy"`
}

type secretRef struct {
	Name string `json:"name"`
}

type tlsOptions struct {
	MinVersion string `json:"minVersion"`
	// SNIStrict ends a handshake for a name that no certificate is for.
	SNIStrict bool `json:"sniStrict"`
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
	Web       port `json:"web"`
	WebSecure port `json:"websecure"`
}

type port struct {
	Expose   map[string]bool `json:"expose"`
	NodePort int             `json:"nodePort,omitempty"`
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

// The ports at which Traefik listens in its pods. It takes a Gateway's listener for
// its own by the number, so listeners have these, although clients use 80 and 443.
const (
	webPort       = 8000
	webSecurePort = 8443
)

// The ports of nodes with IngressArgs.NodePorts: of those that Kubernetes gives
// nobody who asks for none.
const (
	HTTPNodePort  = 30080
	HTTPSNodePort = 30081
)

func (a *IngressArgs) values() values {
	traefik := artifacts.Traefik()
	v := values{
		Image:        image{"docker.io", "library/traefik", traefik.Tag},
		Deployment:   deployment{a.Replicas},
		Disruption:   disruption{true, 1},
		IngressClass: ingressClass{true, true, "traefik"},
		Providers:    a.providers(),
		Gateway:      gateway{true, GatewayName, a.listeners()},
		GatewayClass: gatewayClass{true, "traefik"},
		Ports:        a.ports(),
		Service:      a.service(),
		Resources:    resources{map[string]string{"cpu": "50m", "memory": "64Mi"}},
		Spread:       []spread{a.spread()},
		Priority:     "system-cluster-critical",
	}
	if len(a.TLS) > 0 {
		v.TLSOptions = map[string]tlsOptions{"default": {"VersionTLS12", true}}
	}
	return v
}

// providers are where Traefik finds routes, and what it shows there.
func (a *IngressArgs) providers() providers {
	p := providers{Gateway: gatewayProvider{Enabled: true}}
	if a.PublicAddress == "" {
		return p
	}
	shown := publicAddress{Hostname: a.PublicAddress}
	if _, err := netip.ParseAddr(a.PublicAddress); err == nil {
		shown = publicAddress{IP: a.PublicAddress}
	}
	p.Gateway.Status, p.Ingress = &statusAddress{publicAddress: shown}, &ingressProvider{Endpoint: shown}
	return p
}

// listeners are one for HTTP, and one for each host name that speaks TLS.
func (a *IngressArgs) listeners() map[string]listener {
	everybody := namespacePolicy{"All"}
	all := map[string]listener{"web": {Port: webPort, Protocol: "HTTP", NamespacePolicy: everybody}}
	for host, secret := range a.TLS {
		all[secret] = listener{webSecurePort, "HTTPS", host, []secretRef{{secret}}, everybody}
	}
	return all
}

func (a *IngressArgs) ports() ports {
	p := ports{port{Expose: map[string]bool{"default": true}}, port{Expose: map[string]bool{"default": len(a.TLS) > 0}}}
	if a.NodePorts {
		p.Web.NodePort, p.WebSecure.NodePort = HTTPNodePort, HTTPSNodePort
	}
	return p
}

func (a *IngressArgs) service() service {
	s := service{Spec: serviceSpec{"LoadBalancer", "Cluster"}}
	if a.NodePorts {
		s.Spec.Type = "NodePort"
	}
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
