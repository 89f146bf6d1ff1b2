// Package tlsalpn01 has the names of the challenge by TLS.
package tlsalpn01

import (
	"time"

	"github.com/go-acme/lego/v5/challenge"
)

// ACMETLS1Protocol is what a certificate authority would speak. Traefik compares
// with it what clients offer.
const ACMETLS1Protocol = "acme-tls/1"

// ChallengeOption is an option, of which none does anything.
type ChallengeOption func()

// SetDelay is no option.
func SetDelay(time.Duration) ChallengeOption { return nil }

// ChallengeBlocks would make a certificate that answers the challenge.
func ChallengeBlocks(_, _ string) (certificate, key []byte, err error) {
	return nil, nil, challenge.ErrLeftOut
}
