package controlplane

import (
	"fmt"

	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// caHours is ten years, as kubeadm's own authorities have.
	caHours = 10 * 365 * 24
	// clientHours is one year; it is renewed by an `up` in the last 30 days.
	clientHours       = 365 * 24
	clientRenewalHour = 30 * 24
)

// authority is a certificate authority with its key.
type authority struct {
	key  *tls.PrivateKey
	cert *tls.SelfSignedCert
}

// newKey makes a P-256 key: strong, small, and fast on both sides.
func newKey(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*tls.PrivateKey, error) {
	key, err := tls.NewPrivateKey(ctx, name+"-key", &tls.PrivateKeyArgs{
		Algorithm:  pulumi.String("ECDSA"),
		EcdsaCurve: pulumi.String("P256"),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating key %s: %w", name, err)
	}
	return key, nil
}

// newAuthority makes a self-signed authority that may sign certificates only.
func newAuthority(ctx *pulumi.Context, name, commonName string, opts ...pulumi.ResourceOption) (*authority, error) {
	key, err := newKey(ctx, name, opts...)
	if err != nil {
		return nil, err
	}
	cert, err := tls.NewSelfSignedCert(ctx, name+"-cert", &tls.SelfSignedCertArgs{
		PrivateKeyPem:       key.PrivateKeyPem,
		IsCaCertificate:     pulumi.Bool(true),
		SetSubjectKeyId:     pulumi.Bool(true),
		ValidityPeriodHours: pulumi.Int(caHours),
		Subject:             tls.SelfSignedCertSubjectArgs{CommonName: pulumi.String(commonName)},
		DnsNames:            pulumi.ToStringArray([]string{commonName}),
		AllowedUses:         pulumi.ToStringArray([]string{"cert_signing", "key_encipherment", "digital_signature"}),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating authority %s: %w", name, err)
	}
	return &authority{key: key, cert: cert}, nil
}

// pair is a certificate of an authority with its key.
type pair struct {
	key  *tls.PrivateKey
	cert *tls.LocallySignedCert
}

// newClient makes a client certificate for a user in a group.
func (a *authority) newClient(ctx *pulumi.Context, name, user, group string, opts ...pulumi.ResourceOption) (*pair, error) {
	return a.sign(ctx, name, tls.CertRequestArgs{Subject: tls.CertRequestSubjectArgs{
		CommonName:   pulumi.String(user),
		Organization: pulumi.String(group),
	}}, tls.LocallySignedCertArgs{
		ValidityPeriodHours: pulumi.Int(clientHours),
		EarlyRenewalHours:   pulumi.Int(clientRenewalHour),
		AllowedUses:         pulumi.ToStringArray([]string{"digital_signature", "key_encipherment", "client_auth"}),
	}, opts...)
}

// newServer makes a certificate for a server at an address. It lasts as long as
// the authority: who uses it is not there to renew it.
func (a *authority) newServer(ctx *pulumi.Context, name, commonName, address string, opts ...pulumi.ResourceOption) (*pair, error) {
	return a.sign(ctx, name, tls.CertRequestArgs{
		Subject:     tls.CertRequestSubjectArgs{CommonName: pulumi.String(commonName)},
		IpAddresses: pulumi.ToStringArray([]string{address}),
	}, tls.LocallySignedCertArgs{
		ValidityPeriodHours: pulumi.Int(caHours),
		AllowedUses:         pulumi.ToStringArray([]string{"digital_signature", "key_encipherment", "server_auth"}),
	}, opts...)
}

// sign makes a key and has the authority sign what is requested for it.
func (a *authority) sign(ctx *pulumi.Context, name string, wanted tls.CertRequestArgs, as tls.LocallySignedCertArgs, opts ...pulumi.ResourceOption) (*pair, error) {
	key, err := newKey(ctx, name, opts...)
	if err != nil {
		return nil, err
	}
	wanted.PrivateKeyPem = key.PrivateKeyPem
	request, err := tls.NewCertRequest(ctx, name+"-request", &wanted, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating certificate request %s: %w", name, err)
	}
	as.CertRequestPem, as.CaCertPem, as.CaPrivateKeyPem = request.CertRequestPem, a.cert.CertPem, a.key.PrivateKeyPem
	cert, err := tls.NewLocallySignedCert(ctx, name+"-cert", &as, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating certificate %s: %w", name, err)
	}
	return &pair{key: key, cert: cert}, nil
}
