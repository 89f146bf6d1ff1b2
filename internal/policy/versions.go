package policy

import (
	"fmt"
	"time"

	"slipway/internal/versions"
)

func versionRules() []Rule {
	return []Rule{{
		ID: "supported-kubernetes", Level: Mandatory, Title: "Upstream supports the Kubernetes release",
		Why:  "After the end of life, holes become known and nobody closes them.",
		Mend: "Set slipway:kubernetes.version to a newer minor release", Limits: []string{"supportDays"},
		Stack: supported,
	}}
}

// supported compares with the day on which rules run, so a stack that nobody
// changed may break it one day. That is the point.
func supported(_ Stack, s Settings) []Finding {
	end, known := versions.EndOfLife(s.Version)
	if !known || !s.Today.AddDate(0, 0, s.Limits.SupportDays).After(end) {
		return nil
	}
	return []Finding{{Message: fmt.Sprintf("upstream supports Kubernetes %s until %s", s.Version, end.Format(time.DateOnly))}}
}
