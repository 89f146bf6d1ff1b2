package config

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/version"

	"slipway/internal/versions"
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
	// CACertificate is the authority of the cloud's API in PEM. Optional: one
	// that every system knows.
	CACertificate string `json:"caCertificate,omitempty"`
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
	if c.CACertificate != "" && !isCertificates(c.CACertificate) {
		line, _, _ := strings.Cut(c.CACertificate, "\n")
		errs = append(errs, field.Invalid(path.Child("caCertificate"), line, "must be certificates in PEM"))
	}
	return errs
}

// crossCloudController checks that there is a release for the cluster's
// Kubernetes, and that it is there where pods depend on it.
func crossCloudController(c *Config) field.ErrorList {
	path, cni := root("cloudController").Child("enabled"), root("kubernetes").Child("cni")
	if !c.CloudController.Enabled && c.Kubernetes.CNI == CNINeutronRoutes {
		if c.OnHosts() {
			return field.ErrorList{field.Invalid(cni, CNINeutronRoutes, fmt.Sprintf("needs a router of OpenStack, but %s lists machines that exist", root("hosts")))}
		}
		return field.ErrorList{field.Invalid(cni, CNINeutronRoutes, fmt.Sprintf("needs %s: true, which gives the router its routes", path))}
	}
	v, err := version.ParseSemantic(c.Kubernetes.Version)
	if err != nil || !c.CloudController.Enabled || v.Minor() <= versions.NewestCloudMinor {
		return nil
	}
	return field.ErrorList{field.Invalid(path, true, fmt.Sprintf(
		"is for Kubernetes 1.%d to 1.%d (cloud-provider-openstack %s), but %s is %s",
		versions.OldestMinor, versions.NewestCloudMinor, versions.CloudProviderOpenStack, root("kubernetes").Child("version"), c.Kubernetes.Version))}
}

// RoutesPods says whether packets of pods travel between nodes as they are.
func (c *Config) RoutesPods() bool {
	return c.Kubernetes.CNI == CNINeutronRoutes || c.Kubernetes.Flannel.Backend == FlannelHostGW
}

// Roles that the cluster's credential may need. Users have the second one on
// clouds that came from an old Keystone.
var (
	memberRoles   = []string{"member", "_member_"}
	balancerRoles = []string{"load-balancer_member"} // where Octavia asks for one of its own
)

// CredentialRoles picks what the cluster's credential needs of the user's roles.
func (c *Config) CredentialRoles(roles []string) []string {
	needed := memberRoles
	if c.CloudController.LoadBalancers {
		needed = slices.Concat(memberRoles, balancerRoles)
	}
	return slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return !slices.Contains(needed, role) })
}

func (c *Config) checkCloudController(facts CloudFacts) field.ErrorList {
	var errs field.ErrorList
	path := root("cloudController")
	if c.CloudController.LoadBalancers && !facts.LoadBalancers {
		errs = append(errs, field.Invalid(path.Child("loadBalancers"), true,
			"needs load balancers, which this cloud does not offer (openstack catalog list)"))
	}
	if c.CloudController.Enabled && facts.Identity == "" {
		errs = append(errs, field.Invalid(path.Child("enabled"), true, "needs the address of Keystone, which this cloud's catalogue does not have (openstack catalog list)"))
	}
	if c.CloudController.Enabled && !slices.ContainsFunc(facts.Roles, func(role string) bool { return slices.Contains(memberRoles, role) }) {
		errs = append(errs, field.Invalid(path.Child("enabled"), true, fmt.Sprintf(
			"needs the role %s in this project, but your user has %q (openstack role assignment list)", memberRoles[0], facts.Roles)))
	}
	return errs
}

// isCertificates says whether a text is one certificate in PEM or several.
func isCertificates(text string) bool {
	rest, count := []byte(text), 0
	for {
		block, after := pem.Decode(rest)
		if block == nil {
			return count > 0
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			return false
		}
		rest, count = after, count+1
	}
}
