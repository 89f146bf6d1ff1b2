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
	// Replicas is the number of its pods. Optional. Defaults to 2.
	Replicas int `json:"replicas,omitempty"`
	// Address is the one of MetalLB's addresses at which it is reached. Optional:
	// the next free one, or with load balancers of the cloud that of its own.
	Address netip.Addr `json:"address,omitzero"`
	// TLS are the host names that are answered by HTTPS. Optional: none.
	TLS map[string]IngressTLS `json:"tls,omitempty"`
}

// IngressTLS is how a host name gets its certificate.
type IngressTLS struct {
	// Issuer is one of slipway:certManager.issuers. Required.
	Issuer string `json:"issuer,omitempty"`
}

// defaultIngressReplicas keeps answering while one node is gone.
const defaultIngressReplicas = 2

func (c *Config) setIngress() { setDefault(&c.Ingress.Replicas, defaultIngressReplicas) }

func validateIngress(i Ingress, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if i.Replicas < 1 {
		errs = append(errs, field.Invalid(path.Child("replicas"), i.Replicas, "must be 1 or more"))
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

// crossIngress wants somebody to give Traefik's Service an address: the provider
// would wait for one in vain.
func crossIngress(c *Config) field.ErrorList {
	i, m, path := c.Ingress, c.MetalLB, root("ingress")
	balancers := c.CloudController.Enabled && c.CloudController.LoadBalancers
	switch {
	case !i.Enabled:
		return nil
	case !m.Enabled && !balancers:
		return field.ErrorList{field.Invalid(path.Child("enabled"), true, fmt.Sprintf(
			"needs an address: enable %s, or on OpenStack %s", root("metalLB"), root("cloudController").Child("loadBalancers")))}
	case i.Address.IsValid() && !m.Enabled:
		return field.ErrorList{field.Invalid(path.Child("address"), i.Address.String(), fmt.Sprintf("chooses among the addresses of %s, which is not enabled", root("metalLB")))}
	case i.Address.IsValid() && !m.gives(i.Address):
		return field.ErrorList{field.Invalid(path.Child("address"), i.Address.String(), fmt.Sprintf("is in none of %s", root("metalLB").Child("pools")))}
	case !i.Address.IsValid() && m.Enabled && m.onlyOnRequest():
		return field.ErrorList{field.Required(path.Child("address"), fmt.Sprintf("every one of %s gives addresses on request only", root("metalLB").Child("pools")))}
	}
	return nil
}

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
