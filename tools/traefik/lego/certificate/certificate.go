// Package certificate would get certificates.
package certificate

import (
	"context"

	"github.com/go-acme/lego/v5/certcrypto"
	"github.com/go-acme/lego/v5/challenge"
)

// Resource is a certificate.
type Resource struct {
	ID                      string
	Domains                 []string
	PrivateKey, Certificate []byte
}

// ObtainRequest says which one.
type ObtainRequest struct {
	Domains, EmailAddresses  []string
	KeyType                  certcrypto.KeyType
	Bundle, EnableCommonName bool
	PreferredChain, Profile  string
}

// RenewOptions say how to renew it.
type RenewOptions struct {
	EmailAddresses           []string
	Bundle, EnableCommonName bool
	PreferredChain, Profile  string
}

// Certifier gets certificates.
type Certifier struct{}

// Obtain gets none.
func (*Certifier) Obtain(context.Context, ObtainRequest) (*Resource, error) {
	return nil, challenge.ErrLeftOut
}

// Renew renews none.
func (*Certifier) Renew(context.Context, Resource, *RenewOptions) (*Resource, error) {
	return nil, challenge.ErrLeftOut
}
