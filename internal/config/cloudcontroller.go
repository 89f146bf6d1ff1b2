package config

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// CloudController has the cluster talk to the OpenStack that it runs on.
type CloudController struct {
	// Enabled runs OpenStack's cloud controller manager: it tells the nodes'
	// addresses, zones and server ids, and forgets nodes whose server is gone. It
	// is for new clusters: nodes learn of it when they join. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// LoadBalancers has Services of type LoadBalancer get one of Octavia, with a
	// floating IP. Optional. Defaults to false.
	LoadBalancers bool `json:"loadBalancers,omitempty"`
	// CredentialGeneration is the number of the application credential that the
	// cluster logs in with; the next number makes a new one and takes the old one
	// away. Optional. Defaults to 1.
	CredentialGeneration int `json:"credentialGeneration,omitempty"`
}

func validateCloudController(c CloudController, path *field.Path) field.ErrorList {
	errs := validateGeneration(c.CredentialGeneration, path.Child("credentialGeneration"))
	if c.LoadBalancers && !c.Enabled {
		errs = append(errs, field.Invalid(path.Child("loadBalancers"), true, fmt.Sprintf("needs %s", path.Child("enabled"))))
	}
	return errs
}

// crossCloudController checks that it is there where pods depend on it.
func crossCloudController(c *Config) field.ErrorList {
	path, cni := root("cloudController").Child("enabled"), root("kubernetes").Child("cni")
	if !c.CloudController.Enabled && c.Kubernetes.CNI == CNINeutronRoutes {
		if c.OnHosts() {
			return field.ErrorList{field.Invalid(cni, CNINeutronRoutes, fmt.Sprintf("needs a router of OpenStack, but %s lists machines that exist", root("hosts")))}
		}
		return field.ErrorList{field.Invalid(cni, CNINeutronRoutes, fmt.Sprintf("needs %s: true, which gives the router its routes", path))}
	}
	return nil
}

// Roles that the cluster's credential may need. Users have the second one on
// clouds that came from an old Keystone.
var (
	memberRoles   = []string{"member", "_member_"}
	balancerRoles = []string{"load-balancer_member"} // where Octavia asks for one of its own
)

// CredentialRoles picks what the cloud controller needs of the user's roles.
func (c *Config) CredentialRoles(roles []string) []string {
	if c.CloudController.LoadBalancers {
		return pick(roles, slices.Concat(memberRoles, balancerRoles))
	}
	return MemberRoles(roles)
}

// MemberRoles picks what anything else needs of the user's roles.
func MemberRoles(roles []string) []string { return pick(roles, memberRoles) }

func pick(roles, needed []string) []string {
	return slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return !slices.Contains(needed, role) })
}

func (c *Config) checkCloudController(facts CloudFacts) field.ErrorList {
	var errs field.ErrorList
	path := root("cloudController")
	if c.CloudController.LoadBalancers && !facts.LoadBalancers {
		errs = append(errs, field.Invalid(path.Child("loadBalancers"), true,
			"needs load balancers, which this cloud does not offer (openstack catalog list)"))
	}
	if c.CloudController.Enabled {
		errs = append(errs, c.checkLogin(path.Child("enabled"), true, facts)...)
	}
	return errs
}

// checkLogin checks what a part of the cluster needs that logs in to the cloud.
func (c *Config) checkLogin(path *field.Path, value any, facts CloudFacts) field.ErrorList {
	var errs field.ErrorList
	if facts.Identity == "" {
		errs = append(errs, noIdentity(path, value))
	}
	if len(MemberRoles(facts.Roles)) == 0 {
		errs = append(errs, field.Invalid(path, value, fmt.Sprintf(
			"needs the role %s in this project, but your user has %q (openstack role assignment list)", memberRoles[0], facts.Roles)))
	}
	return errs
}

// noIdentity says that nobody knows where Keystone is.
func noIdentity(path *field.Path, value any) *field.Error {
	return field.Invalid(path, value, "needs the address of Keystone, which this cloud's catalogue does not have (openstack catalog list)")
}
