// Package dns would know the DNS services in which the challenge can be answered.
package dns

import "github.com/go-acme/lego/v5/challenge"

// NewDNSChallengeProviderByName knows none.
func NewDNSChallengeProviderByName(string) (challenge.Provider, error) {
	return nil, challenge.ErrLeftOut
}
