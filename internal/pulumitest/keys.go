package pulumitest

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
)

// notBefore starts the life of every made-up certificate.
var notBefore = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// privateKeyOutputs makes an Ed25519 key whatever the algorithm asked for: it is
// the only kind whose keys and signatures follow from a seed.
func privateKeyOutputs(r Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	seed := digest(r.URN)
	key := ed25519.NewKeyFromSeed(seed[:])
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	sshPublic, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	private := encode("PRIVATE KEY", pkcs8)
	state["privateKeyPem"] = private
	state["privateKeyPemPkcs8"] = private
	state["privateKeyOpenssh"] = encode("OPENSSH PRIVATE KEY", opensshKey(key))
	state["publicKeyPem"] = encode("PUBLIC KEY", public)
	state["publicKeyOpenssh"] = resource.NewProperty(string(ssh.MarshalAuthorizedKey(sshPublic)))
	state["publicKeyFingerprintSha256"] = resource.NewProperty(ssh.FingerprintSHA256(sshPublic))
	return state, nil
}

// opensshKey lays an unencrypted key out as OpenSSH does (PROTOCOL.key).
// ssh.MarshalPrivateKey does the same with random check numbers.
func opensshKey(key ed25519.PrivateKey) []byte {
	public := ssh.Marshal(struct {
		Type string
		Key  []byte
	}{ssh.KeyAlgoED25519, key.Public().(ed25519.PublicKey)})
	private := ssh.Marshal(struct {
		Check1, Check2  uint32
		Type            string
		Public, Private []byte
		Comment         string
	}{0, 0, ssh.KeyAlgoED25519, key.Public().(ed25519.PublicKey), key, ""})
	for pad := byte(1); len(private)%8 != 0; pad++ {
		private = append(private, pad)
	}
	return append([]byte("openssh-key-v1\x00"), ssh.Marshal(struct {
		Cipher, KDF, KDFOptions string
		Keys                    uint32
		Public, Private         []byte
	}{"none", "none", "", 1, public, private})...)
}

func certRequestOutputs(r Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	key, err := keyInput(r, "privateKeyPem")
	if err != nil {
		return nil, err
	}
	t := template(r)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: t.Subject, DNSNames: t.DNSNames, IPAddresses: t.IPAddresses}, key)
	if err != nil {
		return nil, err
	}
	state["certRequestPem"] = encode("CERTIFICATE REQUEST", der)
	return state, nil
}

func selfSignedOutputs(r Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	key, err := keyInput(r, "privateKeyPem")
	if err != nil {
		return nil, err
	}
	return certificate(state, template(r), nil, key.Public(), key)
}

func locallySignedOutputs(r Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	block, err := pemInput(r, "certRequestPem")
	if err != nil {
		return nil, err
	}
	request, err := x509.ParseCertificateRequest(block)
	if err != nil {
		return nil, fmt.Errorf("reading certRequestPem: %w", err)
	}
	if block, err = pemInput(r, "caCertPem"); err != nil {
		return nil, err
	}
	ca, err := x509.ParseCertificate(block)
	if err != nil {
		return nil, fmt.Errorf("reading caCertPem: %w", err)
	}
	key, err := keyInput(r, "caPrivateKeyPem")
	if err != nil {
		return nil, err
	}
	t := template(r)
	t.Subject, t.DNSNames, t.IPAddresses = request.Subject, request.DNSNames, request.IPAddresses
	return certificate(state, t, ca, request.PublicKey, key)
}

func certificate(state resource.PropertyMap, t, ca *x509.Certificate, public any, signer ed25519.PrivateKey) (resource.PropertyMap, error) {
	if ca == nil {
		ca = t
	}
	der, err := x509.CreateCertificate(rand.Reader, t, ca, public, signer)
	if err != nil {
		return nil, err
	}
	state["certPem"] = encode("CERTIFICATE", der)
	state["validityStartTime"] = resource.NewProperty(t.NotBefore.Format(time.RFC3339))
	state["validityEndTime"] = resource.NewProperty(t.NotAfter.Format(time.RFC3339))
	state["readyForRenewal"] = resource.NewProperty(false)
	return state, nil
}

// template holds what the inputs of a certificate or request say.
func template(r Resource) *x509.Certificate {
	serial := digest(r.URN)
	hours, _, _ := r.Input("validityPeriodHours")
	isCA, _, _ := r.Input("isCaCertificate")
	t := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:16]),
		Subject:      pkix.Name{CommonName: text(r, "subject.commonName")},
		NotBefore:    notBefore,
		DNSNames:     texts(r, "dnsNames"),
	}
	if org := text(r, "subject.organization"); org != "" {
		t.Subject.Organization = []string{org}
	}
	for _, a := range texts(r, "ipAddresses") {
		t.IPAddresses = append(t.IPAddresses, net.ParseIP(a))
	}
	if hours.IsNumber() {
		t.NotAfter = notBefore.Add(time.Duration(hours.NumberValue()) * time.Hour)
	}
	if isCA.IsBool() && isCA.BoolValue() {
		t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	}
	return t
}

func text(r Resource, path string) string {
	if v, _, ok := r.Input(path); ok && v.IsString() {
		return v.StringValue()
	}
	return ""
}

func texts(r Resource, path string) []string {
	var out []string
	if v, _, ok := r.Input(path); ok && v.IsArray() {
		for i := range v.ArrayValue() {
			out = append(out, text(r, fmt.Sprintf("%s[%d]", path, i)))
		}
	}
	return out
}

func keyInput(r Resource, path string) (ed25519.PrivateKey, error) {
	block, err := pemInput(r, path)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: not a key made by this package", path)
	}
	return key, nil
}

func pemInput(r Resource, path string) ([]byte, error) {
	block, _ := pem.Decode([]byte(text(r, path)))
	if block == nil {
		return nil, errors.New(path + " holds no PEM block")
	}
	return block.Bytes, nil
}

func encode(label string, der []byte) resource.PropertyValue {
	return resource.NewProperty(string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})))
}
