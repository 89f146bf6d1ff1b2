package certmanager

import (
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/objectmeta"
)

// authorityHours is ten years, as the cluster's own authorities have.
const authorityHours = 10 * 365 * 24

// newAuthorities makes one for each issuer that asks nobody, and returns what holds
// its key in the cluster.
//
// The cluster's own authority signs none of them: whoever could read such a key
// could make certificates with which the API server takes him for anybody.
func (m *CertManager) newAuthorities(ctx *pulumi.Context, name string, issuers map[string]Issuer, opts []pulumi.ResourceOption) ([]pulumi.Resource, error) {
	var keys []pulumi.Resource
	for _, issuer := range slices.Sorted(maps.Keys(issuers)) {
		if issuers[issuer].ACME != nil {
			continue
		}
		cert, secret, err := newAuthority(ctx, name+"-"+issuer, issuer, opts)
		if err != nil {
			return nil, fmt.Errorf("creating the authority of issuer %s: %w", issuer, err)
		}
		m.Authorities[issuer] = cert.CertPem
		keys = append(keys, secret)
	}
	return keys, nil
}

func newAuthority(ctx *pulumi.Context, name, issuer string, opts []pulumi.ResourceOption) (*tls.SelfSignedCert, *corev1.Secret, error) {
	key, err := tls.NewPrivateKey(ctx, name+"-key", &tls.PrivateKeyArgs{
		Algorithm: pulumi.String("ECDSA"), EcdsaCurve: pulumi.String("P256"),
	}, opts...)
	if err != nil {
		return nil, nil, err
	}
	cert, err := tls.NewSelfSignedCert(ctx, name+"-cert", &tls.SelfSignedCertArgs{
		PrivateKeyPem:       key.PrivateKeyPem,
		IsCaCertificate:     pulumi.Bool(true),
		SetSubjectKeyId:     pulumi.Bool(true),
		ValidityPeriodHours: pulumi.Int(authorityHours),
		Subject:             tls.SelfSignedCertSubjectArgs{CommonName: pulumi.String(name)},
		AllowedUses:         pulumi.ToStringArray([]string{"cert_signing", "crl_signing", "digital_signature"}),
	}, opts...)
	if err != nil {
		return nil, nil, err
	}
	secret, err := corev1.NewSecret(ctx, name+"-secret", &corev1.SecretArgs{
		Metadata: objectmeta.In(pulumi.String(namespace), secretOf(issuer), nil),
		Type:     pulumi.String("kubernetes.io/tls"),
		StringData: pulumi.ToSecret(pulumi.StringMap{
			"tls.crt": cert.CertPem, "tls.key": key.PrivateKeyPem,
		}).(pulumi.StringMapOutput),
	}, opts...)
	return cert, secret, err
}

// secretOf is the name of the Secret that is an issuer's own.
func secretOf(issuer string) string { return "issuer-" + issuer }
