package config

import (
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// CertManager has certificates issued and renewed for what runs in the cluster.
type CertManager struct {
	// Enabled runs cert-manager. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// Replicas is the number of pods of each of its parts, of which one works and
	// the others wait. Optional. Defaults to 1.
	Replicas int `json:"replicas,omitempty"`
	// Issuers are those that the whole cluster may use, by name. Required if it is
	// enabled.
	Issuers map[string]Issuer `json:"issuers,omitempty"`
	// DNS01 is how the records of challenges get into the cloud's DNS. Optional.
	DNS01 DNS01 `json:"dns01,omitzero"`
}

// Issuer is who signs certificates.
type Issuer struct {
	// Type is ca, for an authority of the stack's own, or acme. Required.
	Type IssuerType `json:"type,omitempty"`
	// ACME is the server that is asked. Required for the type acme.
	ACME ACME `json:"acme,omitzero"`
}

// IssuerType is a kind of issuer.
type IssuerType string

// The kinds of issuer.
const (
	IssuerCA   IssuerType = "ca"
	IssuerACME IssuerType = "acme"
)

// ACME is a server that speaks ACME.
type ACME struct {
	// Server is the https URL of its directory. Required.
	Server string `json:"server,omitempty"`
	// Email is where the server writes to about the account. Optional.
	Email string `json:"email,omitempty"`
	// CABundle are the authorities of the server's own certificate in PEM.
	// Optional: one that every system knows.
	CABundle string `json:"caBundle,omitempty"`
	// Challenge is how the server finds that a host name belongs to the cluster.
	// Optional. Defaults to "http01".
	Challenge Challenge `json:"challenge,omitempty"`
}

// Challenge is a question of an ACME server.
type Challenge string

// The challenges.
const (
	// ChallengeHTTP01 is asked over HTTP, through the ingress.
	ChallengeHTTP01 Challenge = "http01"
	// ChallengeDNS01 is asked by DNS, and answered by a record in Designate.
	ChallengeDNS01 Challenge = "dns01"
)

// defaultCertManagerReplicas is enough: certificates are renewed weeks before they end.
const defaultCertManagerReplicas = 1

func (c *Config) setCertManager() {
	setDefault(&c.CertManager.Replicas, defaultCertManagerReplicas)
	setDefault(&c.CertManager.DNS01.CredentialGeneration, 1)
	for name, issuer := range c.CertManager.Issuers {
		if issuer.Type == IssuerACME {
			setDefault(&issuer.ACME.Challenge, ChallengeHTTP01)
			c.CertManager.Issuers[name] = issuer
		}
	}
}

func validateCertManager(m CertManager, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if m.Replicas < 1 {
		errs = append(errs, field.Invalid(path.Child("replicas"), m.Replicas, "must be 1 or more"))
	}
	if m.Enabled && len(m.Issuers) == 0 {
		errs = append(errs, field.Required(path.Child("issuers"), "at least one issuer of certificates"))
	}
	errs = append(errs, validateDNS01(m.DNS01, path.Child("dns01"))...)
	for _, name := range slices.Sorted(maps.Keys(m.Issuers)) {
		at := path.Child("issuers").Key(name)
		for _, problem := range validation.IsDNS1123Label(name) {
			errs = append(errs, field.Invalid(at, name, problem))
		}
		errs = append(errs, validateIssuer(m.Issuers[name], at)...)
	}
	return errs
}

func validateIssuer(i Issuer, path *field.Path) field.ErrorList {
	if i.Type == "" {
		return field.ErrorList{field.Required(path.Child("type"), fmt.Sprintf("%s or %s", IssuerCA, IssuerACME))}
	}
	errs := validateOneOf(i.Type, path.Child("type"), IssuerCA, IssuerACME)
	switch {
	case i.Type == IssuerCA && i.ACME != ACME{}:
		errs = append(errs, field.Forbidden(path.Child("acme"), fmt.Sprintf("is for the type %s", IssuerACME)))
	case i.Type == IssuerACME:
		errs = append(errs, validateACME(i.ACME, path.Child("acme"))...)
	}
	return errs
}

func validateACME(a ACME, path *field.Path) field.ErrorList {
	errs := validateOneOf(a.Challenge, path.Child("challenge"), ChallengeHTTP01, ChallengeDNS01)
	if a.Server == "" {
		errs = append(errs, field.Required(path.Child("server"), "the URL of the server's directory"))
	} else if u, err := url.Parse(a.Server); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		errs = append(errs, field.Invalid(path.Child("server"), a.Server, "must be an https URL without credentials"))
	}
	if a.Email != "" {
		if parsed, err := mail.ParseAddress(a.Email); err != nil || parsed.Address != a.Email {
			errs = append(errs, field.Invalid(path.Child("email"), a.Email, "must be an address such as ops@example.org"))
		}
	}
	return append(errs, validateCertificates(a.CABundle, path.Child("caBundle"))...)
}

// crossCertManager wants host names to have an issuer that can vouch for them.
func crossCertManager(c *Config) field.ErrorList {
	var errs field.ErrorList
	m, issuers := c.CertManager, root("certManager").Child("issuers")
	for _, name := range slices.Sorted(maps.Keys(m.Issuers)) {
		if m.Enabled && m.Issuers[name].ACME.Challenge == ChallengeHTTP01 && !c.Ingress.Enabled {
			errs = append(errs, field.Invalid(issuers.Key(name).Child("acme", "challenge"), ChallengeHTTP01, fmt.Sprintf(
				"is asked through the ingress: enable %s, or take %s", root("ingress"), ChallengeDNS01)))
		}
	}
	if !c.Ingress.Enabled {
		return errs
	}
	for _, host := range slices.Sorted(maps.Keys(c.Ingress.TLS)) {
		name, at := c.Ingress.TLS[host].Issuer, root("ingress").Child("tls").Key(host).Child("issuer")
		issuer, known := m.Issuers[name]
		switch {
		case name == "":
			errs = append(errs, field.Required(at, fmt.Sprintf("one of %s", issuers)))
		case !m.Enabled:
			errs = append(errs, field.Invalid(at, name, fmt.Sprintf("needs %s, which is not enabled", root("certManager"))))
		case !known:
			errs = append(errs, field.Invalid(at, name, fmt.Sprintf("is none of %s", issuers)))
		case issuer.ACME.Challenge == ChallengeHTTP01 && isWildcard(host):
			errs = append(errs, field.Invalid(at, name, fmt.Sprintf("cannot vouch for a name with a wildcard: its challenge would have to be %s", ChallengeDNS01)))
		}
	}
	return errs
}
