package config

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// ExternalDNS writes names of what runs in the cluster into zones of OpenStack's DNS.
type ExternalDNS struct {
	// Enabled runs ExternalDNS. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// Zones are the names of zones that the project has in Designate. Names outside
	// of them are left alone. Required if it is enabled.
	Zones []string `json:"zones,omitempty"`
	// Policy says what becomes of the records of what is gone. Optional. Defaults to
	// "sync".
	Policy DNSPolicy `json:"policy,omitempty"`
	// CredentialGeneration is the number of the application credential that it logs in
	// with; the next number makes a new one and takes the old one away. Optional.
	// Defaults to 1.
	CredentialGeneration int `json:"credentialGeneration,omitempty"`
}

// DNSPolicy says what becomes of the records of what is gone, in ExternalDNS's words.
type DNSPolicy string

// The policies.
const (
	// DNSSync takes them away, too.
	DNSSync DNSPolicy = "sync"
	// DNSUpsertOnly keeps them.
	DNSUpsertOnly DNSPolicy = "upsert-only"
)

func (c *Config) setExternalDNS() {
	setDefault(&c.ExternalDNS.Policy, DNSSync)
	setDefault(&c.ExternalDNS.CredentialGeneration, 1)
}

func validateExternalDNS(d ExternalDNS, path *field.Path) field.ErrorList {
	errs := validateGeneration(d.CredentialGeneration, path.Child("credentialGeneration"))
	errs = append(errs, validateOneOf(d.Policy, path.Child("policy"), DNSSync, DNSUpsertOnly)...)
	if d.Enabled && len(d.Zones) == 0 {
		errs = append(errs, field.Required(path.Child("zones"), "at least one zone of Designate (openstack zone list)"))
	}
	for i, zone := range d.Zones {
		at := path.Child("zones").Index(i)
		if strings.HasSuffix(zone, ".") {
			errs = append(errs, field.Invalid(at, zone, "must not end with a dot"))
			continue
		}
		for _, problem := range validation.IsDNS1123Subdomain(zone) {
			errs = append(errs, field.Invalid(at, zone, problem))
		}
	}
	return append(errs, validateDistinct(d.Zones, path.Child("zones"))...)
}

func (c *Config) checkExternalDNS(facts CloudFacts) field.ErrorList {
	d, path := c.ExternalDNS, root("externalDNS")
	if !d.Enabled {
		return nil
	}
	errs := c.checkLogin(path.Child("enabled"), true, facts)
	if !facts.DNS {
		return append(errs, field.Invalid(path.Child("enabled"), true, "needs Designate, which this cloud does not offer (openstack catalog list)"))
	}
	for i, zone := range d.Zones {
		if !facts.DNSZones[zone] {
			errs = append(errs, field.Invalid(path.Child("zones").Index(i), zone, fmt.Sprintf(
				"no such zone of its own in this project: make it (openstack zone create --email ADDRESS %s.), or name another one (openstack zone list)", zone)))
		}
	}
	return errs
}
