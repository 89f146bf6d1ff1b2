package config

import (
	"maps"
	"testing"
)

// A day means the same with quotes and without: Pulumi makes an instant of the latter.
func TestDays(t *testing.T) {
	for _, until := range []string{"2027-01-31", "2027-01-31 00:00:00 +0000 UTC"} {
		raw := maps.Clone(valid())
		raw["slipway:policy"] = `{"exceptions": [{"rule": "no-open-ssh", "reason": "migration", "until": "` + until + `"}]}`
		if got := mustLoad(t, raw).Policy.Exceptions[0].Until.String(); got != "2027-01-31" {
			t.Errorf("%s is %q", until, got)
		}
	}
}
