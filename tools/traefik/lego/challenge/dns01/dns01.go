// Package dns01 has the options of the challenge by DNS, which do nothing.
package dns01

import (
	"strings"
	"time"
)

// ChallengeOption is an option.
type ChallengeOption func()

// Options are those of a Client.
type Options struct{ RecursiveNameservers []string }

// Client would ask name servers.
type Client struct{}

// NewClient returns one that asks nobody.
func NewClient(*Options) *Client { return &Client{} }

// SetDefaultClient forgets it.
func SetDefaultClient(*Client) {}

// CondOptions is no option.
func CondOptions(bool, ...ChallengeOption) ChallengeOption { return nil }

// DisableAuthoritativeNssPropagationRequirement is no option.
func DisableAuthoritativeNssPropagationRequirement() ChallengeOption { return nil }

// DisableRecursiveNSsPropagationRequirement is no option.
func DisableRecursiveNSsPropagationRequirement() ChallengeOption { return nil }

// PropagationWait is no option.
func PropagationWait(time.Duration, bool) ChallengeOption { return nil }

// UnFqdn returns a domain's name without the dot at its end. Traefik finds
// certificates of host names with it, ACME or not.
func UnFqdn(name string) string { return strings.TrimSuffix(name, ".") }
