// Package pki derives values from the cluster's keys: hashes, tokens and
// kubeconfigs. It makes no keys; those live in the stack's state.
package pki

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

// CACertHash returns the hash by which kubeadm pins an authority when a node
// joins: SHA-256 over the certificate's public key (RFC 7469, section 2.4).
func CACertHash(certPEM string) (string, error) {
	block, _ := pem.Decode([]byte(certPEM))
	if block == nil {
		return "", errors.New("hashing the authority's key: not a PEM certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", fmt.Errorf("hashing the authority's key: %w", err)
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}
