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

// ACME is a server that speaks ACME. It asks over HTTP, through the ingress, that
// a host name belongs to the cluster.
type ACME struct {
	// Server is the https URL of its directory. Required.
	Server string `json:"server,omitempty"`
	// Email is where the server writes to about the account. Optional.
	Email string `json:"email,omitempty"`
	// CABundle are the authorities of the server's own certificate in PEM.
	// Optional: one that every system knows.
	CABundle string `json:"caBundle,omitempty"`
}

// defaultCertManagerReplicas is enough: certificates are renewed weeks before they end.
const defaultCertManagerReplicas = 1

func (c *Config) setCertManager() { setDefault(&c.CertManager.Replicas, defaultCertManagerReplicas) }

func validateCertManager(m CertManager, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if m.Replicas < 1 {
		errs = append(errs, field.Invalid(path.Child("replicas"), m.Replicas, "must be 1 or more"))
	}
	if m.Enabled && len(m.Issuers) == 0 {
		errs = append(errs, field.Required(path.Child("issuers"), "at least one issuer of certificates"))
	}
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
	var errs field.ErrorList
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
		if m.Enabled && m.Issuers[name].Type == IssuerACME && !c.Ingress.Enabled {
			errs = append(errs, field.Invalid(issuers.Key(name).Child("type"), IssuerACME, fmt.Sprintf(
				"its server asks through the ingress: enable %s", root("ingress"))))
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
		case issuer.Type == IssuerACME && isWildcard(host):
			errs = append(errs, field.Invalid(at, name, "cannot vouch for a name with a wildcard: its server would have to ask by DNS"))
		}
	}
	return errs
}
