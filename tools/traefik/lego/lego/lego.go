// Package lego would be the client of a certificate authority. Of the real module,
// which Traefik is built with upstream, several dependencies can be had from no
// module proxy.
package lego

import (
	"crypto/x509"
	"net/http"
	"time"

	"github.com/go-acme/lego/v5/certificate"
	"github.com/go-acme/lego/v5/challenge"
	"github.com/go-acme/lego/v5/challenge/dns01"
	"github.com/go-acme/lego/v5/challenge/http01"
	"github.com/go-acme/lego/v5/challenge/tlsalpn01"
	"github.com/go-acme/lego/v5/registration"
)

// DirectoryURLLetsEncrypt is nowhere: nobody is asked.
const DirectoryURLLetsEncrypt = ""

// Config says whom to ask.
type Config struct {
	CADirURL, UserAgent string
	HTTPClient          *http.Client
	Certificate         CertificateConfig
}

// CertificateConfig says how long to wait for a certificate.
type CertificateConfig struct{ Timeout time.Duration }

// NewConfig is empty.
func NewConfig(registration.User) *Config { return &Config{} }

// Client would ask.
type Client struct {
	Certificate  *certificate.Certifier
	Challenge    *Solvers
	Registration *registration.Registrar
}

// NewClient says that there is none.
func NewClient(*Config) (*Client, error) { return nil, challenge.ErrLeftOut }

// CreateCertPool says that there is nobody to trust.
func CreateCertPool([]string, bool) (*x509.CertPool, error) { return nil, challenge.ErrLeftOut }

// Solvers are the ways to show that a domain is one's own.
type Solvers struct{}

// SetDNS01Provider takes none.
func (*Solvers) SetDNS01Provider(challenge.Provider, ...dns01.ChallengeOption) error {
	return challenge.ErrLeftOut
}

// SetHTTP01Provider takes none.
func (*Solvers) SetHTTP01Provider(challenge.Provider, ...http01.ChallengeOption) error {
	return challenge.ErrLeftOut
}

// SetTLSALPN01Provider takes none.
func (*Solvers) SetTLSALPN01Provider(challenge.Provider, ...tlsalpn01.ChallengeOption) error {
	return challenge.ErrLeftOut
}
