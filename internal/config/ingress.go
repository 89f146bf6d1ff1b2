package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Ingress hands HTTP requests from outside to Services by their host names.
type Ingress struct {
	// Enabled runs Traefik. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// Type is how clients reach it. Optional. Defaults to "loadBalancer".
	Type IngressType `json:"type,omitempty"`
	// Access are the ranges outside the network that may reach it at the virtual
	// address. Required with type keepalived on OpenStack.
	Access []netip.Prefix `json:"access,omitempty"`
	// Replicas is the number of its pods. Optional. Defaults to 2.
	Replicas int `json:"replicas,omitempty"`
	// Address is the one of MetalLB's addresses at which it is reached. Optional:
	// the next free one, or with load balancers of the cloud that of its own.
	Address netip.Addr `json:"address,omitzero"`
	// PublicAddress is the address, or the name, that clients outside know it by, e.g.
	// a floating IP: Gateways and Ingresses show it, and their names lead to it.
	// Optional. Defaults to the address of Traefik's Service.
	PublicAddress string `json:"publicAddress,omitempty"`
	// TLS are the host names that are answered by HTTPS. Optional: none.
	TLS map[string]IngressTLS `json:"tls,omitempty"`
}

// IngressType is a way to Traefik.
type IngressType string

// The ways to Traefik.
const (
	// IngressLoadBalancer is an address that MetalLB or a load balancer of the
	// cloud gives its Service.
	IngressLoadBalancer IngressType = "loadBalancer"
	// IngressKeepalived is the API's virtual address, where HAProxy passes requests on.
	IngressKeepalived IngressType = "keepalived"
)

// Where clients find it.
const (
	HTTPPort  = 80
	HTTPSPort = 443
)

// IngressTLS is how a host name gets its certificate.
type IngressTLS struct {
	// Issuer is one of slipway:certManager.issuers. Required.
	Issuer string `json:"issuer,omitempty"`
}

// defaultIngressReplicas keeps answering while one node is gone.
const defaultIngressReplicas = 2

func (c *Config) setIngress() {
	setDefault(&c.Ingress.Type, IngressLoadBalancer)
	setDefault(&c.Ingress.Replicas, defaultIngressReplicas)
}

// Ports are those at which clients find it.
func (i Ingress) Ports() []int {
	if len(i.TLS) > 0 {
		return []int{HTTPPort, HTTPSPort}
	}
	return []int{HTTPPort}
}

func validateIngress(i Ingress, path *field.Path) field.ErrorList {
	errs := validateOneOf(i.Type, path.Child("type"), IngressLoadBalancer, IngressKeepalived)
	if i.Access != nil {
		errs = append(errs, validateClients(i.Access, path.Child("access"), "the ranges that may reach it")...)
	}
	if i.Replicas < 1 {
		errs = append(errs, field.Invalid(path.Child("replicas"), i.Replicas, "must be 1 or more"))
	}
	if _, err := netip.ParseAddr(i.PublicAddress); i.PublicAddress != "" && err != nil {
		for _, problem := range validation.IsDNS1123Subdomain(i.PublicAddress) {
			errs = append(errs, field.Invalid(path.Child("publicAddress"), i.PublicAddress, "must be an address or a name: "+problem))
		}
	}
	for _, host := range slices.Sorted(maps.Keys(i.TLS)) {
		errs = append(errs, validateHostName(host, path.Child("tls").Key(host))...)
	}
	return errs
}

// maxTLSHost leaves room for what stands before it in the names of objects.
const maxTLSHost = 240

// validateHostName accepts names, and those whose first label is any.
func validateHostName(host string, path *field.Path) field.ErrorList {
	problems := validation.IsDNS1123Subdomain(host)
	if isWildcard(host) {
		problems = validation.IsWildcardDNS1123Subdomain(host)
	}
	if len(problems) == 0 && len(host) > maxTLSHost {
		problems = []string{fmt.Sprintf("has more than %d characters", maxTLSHost)}
	}
	var errs field.ErrorList
	for _, problem := range problems {
		errs = append(errs, field.Invalid(path, host, problem))
	}
	return errs
}

func isWildcard(host string) bool { return strings.HasPrefix(host, "*.") }

// gives says whether an address is in a pool.
func (m MetalLB) gives(address netip.Addr) bool {
	for _, r := range m.pooledRanges() {
		if r.Contains(address) {
			return true
		}
	}
	return false
}

// onlyOnRequest says that nobody gets an address without asking for it.
func (m MetalLB) onlyOnRequest() bool {
	for _, p := range m.Pools {
		if !p.OnRequest {
			return false
		}
	}
	return true
}
