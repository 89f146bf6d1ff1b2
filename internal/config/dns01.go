package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// DNS01 has the records that ACME servers ask for written into Designate.
type DNS01 struct {
	// Nameservers are asked, and nobody else, whether a record is there before the
	// ACME server is told to look. Optional. Defaults to the name servers of the zone.
	Nameservers []netip.Addr `json:"nameservers,omitempty"`
	// CredentialGeneration is the number of the application credential with which
	// records are written; the next number makes a new one and takes the old one
	// away. Optional. Defaults to 1.
	CredentialGeneration int `json:"credentialGeneration,omitempty"`
}

// UsesDNS01 says whether any issuer has its server ask by DNS.
func (m CertManager) UsesDNS01() bool { return m.Enabled && len(m.dns01Issuers()) > 0 }

// dns01Issuers are the names of those whose servers ask by DNS.
func (m CertManager) dns01Issuers() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(m.Issuers)), func(name string) bool {
		return m.Issuers[name].ACME.Challenge != ChallengeDNS01
	})
}

// dns01Hosts are the host names of the ingress that such an issuer vouches for.
func (c *Config) dns01Hosts() []string {
	if !c.CertManager.Enabled || !c.Ingress.Enabled {
		return nil
	}
	by := c.CertManager.dns01Issuers()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.Ingress.TLS)), func(host string) bool {
		return !slices.Contains(by, c.Ingress.TLS[host].Issuer)
	})
}

// DNS01Zones are the names that zones of Designate may have, without the last dot,
// to hold the records for the host names of the ingress.
func (c *Config) DNS01Zones() []string {
	names := map[string]bool{}
	for _, host := range c.dns01Hosts() {
		for _, zone := range zonesOf(host) {
			names[zone] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// zonesOf are all zones that a host name may be in, the smallest first. Nobody has
// a top-level domain.
func zonesOf(host string) []string {
	var zones []string
	for name := strings.TrimPrefix(host, "*."); strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		zones = append(zones, name)
	}
	return zones
}

func validateDNS01(d DNS01, path *field.Path) field.ErrorList {
	errs := validateGeneration(d.CredentialGeneration, path.Child("credentialGeneration"))
	return append(errs, validateDistinct(d.Nameservers, path.Child("nameservers"))...)
}

func (c *Config) checkDNS01(facts CloudFacts) field.ErrorList {
	if !c.CertManager.UsesDNS01() {
		return nil
	}
	var errs field.ErrorList
	for _, name := range c.CertManager.dns01Issuers() {
		at := root("certManager").Child("issuers").Key(name).Child("acme", "challenge")
		errs = append(errs, c.checkLogin(at, ChallengeDNS01, facts)...)
		if !facts.DNS {
			errs = append(errs, field.Invalid(at, ChallengeDNS01, "needs Designate, which this cloud does not offer (openstack catalog list)"))
		}
	}
	if !facts.DNS {
		return errs
	}
	for _, host := range c.dns01Hosts() {
		if !slices.ContainsFunc(zonesOf(host), func(zone string) bool { return facts.DNSZones[zone] }) {
			errs = append(errs, field.Invalid(root("ingress").Child("tls").Key(host), host, fmt.Sprintf(
				"is in no zone of its own of this project, where %s would write a record: make one (openstack zone create --email ADDRESS NAME), or take another issuer", ChallengeDNS01)))
		}
	}
	return errs
}
