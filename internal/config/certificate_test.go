package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
)

func TestAuthorities(t *testing.T) {
	for text, want := range map[string]string{
		`/etc/ca.pem`: `slipway:openstack.caCertificate: Invalid value: "/etc/ca.pem": must be certificates in PEM`,
		`-----BEGIN X-----\naGk=\n-----END X-----\n`: `slipway:openstack.caCertificate: Invalid value: "-----BEGIN X-----": must be certificates in PEM`,
	} {
		_, problems := Load(with(t, "slipway:openstack", `{externalNetwork: public, image: debian-12, caCertificate: "`+text+`"}`))
		checkProblems(t, problems, want)
	}
}

func TestAcceptedAuthorities(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	one := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	for text, want := range map[string]bool{one: true, strings.Repeat(one, 2): true, "# ours\n" + one: true, "": false, strings.Replace(one, "\n", "\nx", 1): false} {
		if isCertificates(text) != want {
			t.Errorf("accepted is not %v:\n%s", want, text)
		}
	}
}
