// Package challenge says how to show that a domain is one's own.
package challenge

import (
	"context"
	"errors"
)

// ErrLeftOut is what everything says that would talk to a certificate authority.
var ErrLeftOut = errors.New("this Traefik was built without ACME")

// Provider shows it.
type Provider interface {
	Present(ctx context.Context, domain, token, keyAuth string) error
	CleanUp(ctx context.Context, domain, token, keyAuth string) error
}
