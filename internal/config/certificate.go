package config

import (
	"crypto/x509"
	"encoding/pem"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateCertificates accepts authorities in PEM, or none.
func validateCertificates(text string, path *field.Path) field.ErrorList {
	if text == "" || isCertificates(text) {
		return nil
	}
	line, _, _ := strings.Cut(text, "\n")
	return field.ErrorList{field.Invalid(path, line, "must be certificates in PEM")}
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
