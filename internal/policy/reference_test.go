package policy

import (
	"testing"

	"slipway/internal/golden"
)

// The page is generated, so that it says what the rules say.
func TestReference(t *testing.T) {
	golden.Assert(t, "../../../docs/policies.md", Reference())
}
