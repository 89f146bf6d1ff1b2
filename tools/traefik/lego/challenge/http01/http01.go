// Package http01 has the names of the challenge by HTTP.
package http01

import "time"

// PathPrefix is where a certificate authority would ask.
const PathPrefix = "/.well-known/acme-challenge/"

// ChallengeOption is an option, of which none does anything.
type ChallengeOption func()

// SetDelay is no option.
func SetDelay(time.Duration) ChallengeOption { return nil }
