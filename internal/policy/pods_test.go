package policy

import "testing"

func TestVersionOfImage(t *testing.T) {
	for image, want := range map[string]struct {
		tag    string
		digest bool
	}{
		"nginx":                                 {"", false},
		"nginx:1.29.0":                          {"1.29.0", false},
		"registry.example.org:5000/nginx":       {"", false},
		"registry.example.org:5000/nginx:1.2":   {"1.2", false},
		"registry.example.org/nginx@sha256:abc": {"", true},
		"nginx:1.29.0@sha256:abc":               {"1.29.0", true},
	} {
		if tag, digest := version(image); tag != want.tag || digest != want.digest {
			t.Errorf("%s has the version %q, digest %v", image, tag, digest)
		}
	}
}
