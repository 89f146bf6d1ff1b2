package policy

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

const (
	typeSigned     = "tls:index/locallySignedCert:LocallySignedCert"
	typeSelfSigned = "tls:index/selfSignedCert:SelfSignedCert"
)

const hoursPerDay = 24

// authorityDays is how long an authority may be valid, or a server that it
// vouches for: kubeadm's ten years, and the leap days in them.
const authorityDays = 3660

func keyRules() []Rule {
	return []Rule{
		{
			ID: "strong-keys", Level: Mandatory, Title: "Keys are strong",
			Why:  "A key outlives the year it was made in; short RSA keys and the curve P224 will not.",
			Mend: "Use ED25519 for SSH, and ECDSA with P256 or more for certificates", Limits: []string{"rsaBits"},
			Types: []string{typeKey}, Resource: strongKey,
		},
		{
			ID: "short-lived-certificates", Level: Mandatory, Title: "Certificates of clients end soon, and those of others some day",
			Why:  "Kubernetes cannot revoke a client certificate: one that was lost is good until it ends.",
			Mend: "Shorten validityPeriodHours", Limits: []string{"certificateDays"},
			Types: []string{typeSigned, typeSelfSigned}, Resource: shortLived,
		},
	}
}

func strongKey(r Resource, s Settings) []string {
	switch r.text("algorithm") {
	case "RSA":
		// 2048 is the provider's own choice.
		bits := r.number("rsaBits")
		if bits == 0 && !r.at("rsaBits").IsComputed() {
			bits = 2048
		}
		if bits != 0 && bits < s.Limits.RSABits {
			return []string{fmt.Sprintf("is an RSA key of %d bits, at least %d are wanted", bits, s.Limits.RSABits)}
		}
	case "ECDSA":
		// P224 is the provider's own choice.
		if curve := r.text("ecdsaCurve"); curve == "P224" || curve == "" && !r.at("ecdsaCurve").IsComputed() {
			return []string{"is on the curve P224"}
		}
	}
	return nil
}

func shortLived(r Resource, s Settings) []string {
	limit := authorityDays
	if slices.ContainsFunc(r.list("allowedUses"), func(v property.Value) bool { return textOf(v) == "client_auth" }) {
		limit = s.Limits.CertificateDays
	}
	if days := r.number("validityPeriodHours") / hoursPerDay; days > limit {
		return []string{fmt.Sprintf("is valid for %d days, at most %d are wanted", days, limit)}
	}
	return nil
}
