package versions

import (
	"time"

	"k8s.io/apimachinery/pkg/util/version"
)

// endOfLife has the last day of upstream's support for each minor release of
// Kubernetes, 14 months after it came out. The ends of 36 and 37 are planned.
var endOfLife = map[uint]string{
	35: "2027-02-28",
	36: "2027-06-28",
	37: "2027-10-28",
}

// EndOfLife returns the last day on which upstream supports a release such as
// v1.36.3, and whether it is known.
func EndOfLife(release string) (time.Time, bool) {
	v, err := version.ParseSemantic(release)
	if err != nil {
		return time.Time{}, false
	}
	text, ok := endOfLife[v.Minor()]
	if !ok {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text)
	return day, err == nil
}
