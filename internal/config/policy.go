package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Policy says how the rules of the policy pack apply to the stack.
type Policy struct {
	// Production has the rules for production apply. Optional. Defaults to false.
	Production bool `json:"production,omitempty"`
	// Limits are what rules measure against. Optional.
	Limits PolicyLimits `json:"limits,omitzero"`
	// Exceptions let the stack break rules for a while. Optional.
	Exceptions []PolicyException `json:"exceptions,omitempty"`
}

// PolicyLimits are what rules measure against.
type PolicyLimits struct {
	// WidestRange is the prefix length of the widest address range that is still
	// some clients, and not the world. Optional. Defaults to 8.
	WidestRange int `json:"widestRange,omitempty"`
	// ControlPlanes is the least number of control planes in production.
	// Optional. Defaults to 3.
	ControlPlanes int `json:"controlPlanes,omitempty"`
	// RSABits is the least length of RSA keys in bits. Optional. Defaults to 3072.
	RSABits int `json:"rsaBits,omitempty"`
	// CertificateDays is how long a client's certificate may be valid, in days.
	// Optional. Defaults to 398.
	CertificateDays int `json:"certificateDays,omitempty"`
	// SupportDays is how many days upstream must go on to support the Kubernetes
	// release. Optional. Defaults to 0: the release is supported today.
	SupportDays int `json:"supportDays,omitempty"`
	// Servers is the greatest number of servers. Optional: any.
	Servers int `json:"servers,omitempty"`
	// VolumeGB is the greatest size of all volumes together in GiB. Optional: any.
	VolumeGB int `json:"volumeGB,omitempty"`
	// FloatingIPs is the greatest number of floating IPs. Optional: any.
	FloatingIPs int `json:"floatingIPs,omitempty"`
	// VolumeTypes are the only volume types, e.g. the encrypted ones. Optional: any.
	VolumeTypes []string `json:"volumeTypes,omitempty"`
	// ImageDigests has images of pods pinned by digest. Optional. Defaults to
	// false: a version in the tag is enough.
	ImageDigests bool `json:"imageDigests,omitempty"`
	// PrivilegedNamespaces are further namespaces whose pods may reach into their
	// node. Optional: those of the add-ons.
	PrivilegedNamespaces []string `json:"privilegedNamespaces,omitempty"`
}

// PolicyException lets the stack break a rule until a day.
type PolicyException struct {
	// Rule is the id of the rule. Required.
	Rule string `json:"rule"`
	// Reason says why. Required.
	Reason string `json:"reason"`
	// Until is the last day, e.g. 2027-01-31. Required.
	Until Date `json:"until"`
}

// Date is a day of the calendar, in UTC.
type Date struct{ time.Time }

// midnight is what Pulumi adds to a day without quotes, which YAML takes for the
// instant at which it begins.
const midnight = " 00:00:00 +0000 UTC"

// UnmarshalText reads a day such as 2027-01-31.
func (d *Date) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, strings.TrimSuffix(string(text), midnight))
	d.Time = day
	return err
}

// MarshalText writes the day as it is read.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is the day, empty for none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

const (
	// defaultWidestRange is the widest of the private ranges, 10.0.0.0/8.
	defaultWidestRange = 8
	// defaultControlPlanes: with two of three members left, etcd still decides.
	defaultControlPlanes = 3
	// defaultRSABits has the strength of 128 bits that the curves have too.
	defaultRSABits = 3072
	// defaultCertificateDays is what browsers accept of public certificates.
	defaultCertificateDays = 398
)

// setPolicy fills what the rules measure against.
func (c *Config) setPolicy() {
	l := &c.Policy.Limits
	setDefault(&l.WidestRange, defaultWidestRange)
	setDefault(&l.ControlPlanes, defaultControlPlanes)
	setDefault(&l.RSABits, defaultRSABits)
	setDefault(&l.CertificateDays, defaultCertificateDays)
}

// Shorter RSA keys are broken, longer ones of no use.
const minRSABits, maxRSABits = 2048, 16384

func validatePolicy(p Policy, path *field.Path) field.ErrorList {
	l, limits := p.Limits, path.Child("limits")
	var errs field.ErrorList
	within := func(value, least, most int, key string) {
		if value < least || value > most {
			errs = append(errs, field.Invalid(limits.Child(key), value, fmt.Sprintf("must be between %d and %d", least, most)))
		}
	}
	within(l.WidestRange, 1, 32, "widestRange")
	within(l.RSABits, minRSABits, maxRSABits, "rsaBits")
	for _, n := range []struct {
		value int
		key   string
	}{
		{l.ControlPlanes, "controlPlanes"}, {l.CertificateDays, "certificateDays"}, {l.SupportDays, "supportDays"},
		{l.Servers, "servers"}, {l.VolumeGB, "volumeGB"}, {l.FloatingIPs, "floatingIPs"},
	} {
		if n.value < 0 {
			errs = append(errs, field.Invalid(limits.Child(n.key), n.value, "must not be negative"))
		}
	}
	errs = append(errs, validateDistinct(l.VolumeTypes, limits.Child("volumeTypes"))...)
	errs = append(errs, validateDistinct(l.PrivilegedNamespaces, limits.Child("privilegedNamespaces"))...)
	for i, e := range p.Exceptions {
		errs = append(errs, validateException(e, path.Child("exceptions").Index(i))...)
	}
	return errs
}

func validateException(e PolicyException, path *field.Path) field.ErrorList {
	errs := validateRequired(e.Rule, path.Child("rule"), "the id of a rule (docs/policies.md)")
	errs = append(errs, validateRequired(e.Reason, path.Child("reason"), "why the rule cannot be kept")...)
	return append(errs, validateRequired(e.Until.String(), path.Child("until"), "the last day of the exception, e.g. 2027-01-31")...)
}

// LimitKeys are the keys of what rules measure against, sorted.
func LimitKeys() []string {
	return slices.Sorted(maps.Keys(fields(reflect.ValueOf(PolicyLimits{}))))
}
