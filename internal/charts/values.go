package charts

import (
	"strings"

	"slipway/internal/artifacts"
)

// ImageValues is an image with its registry apart, as many charts ask for it.
type ImageValues struct {
	Registry   string `json:"registry"`
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
}

// ImageOf takes the registry off an image.
func ImageOf(i artifacts.Image) ImageValues {
	registry, repository, _ := strings.Cut(i.Repository, "/")
	return ImageValues{registry, repository, i.Tag}
}
