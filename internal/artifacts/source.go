package artifacts

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
)

// Source is where files and images come from. The zero value is upstream.
type Source struct {
	// Files is the base URL of a mirror that holds each file under its key.
	// Optional. Defaults to upstream over HTTPS.
	Files string
	// Images is the URL of a registry that holds the images of the public
	// registries under their repository paths. Optional. Defaults to upstream.
	Images string
	// Charts is the URL, oci:// or http://, below which a registry holds Helm charts,
	// each under its name with its version as the tag. Optional. Defaults to where
	// files are.
	Charts string
	// Checksums pins files by key to a SHA-256 in hex. Optional: the checksum
	// published beside the file is used.
	Checksums map[string]string
}

// Download is a file with the URLs of this source.
type Download struct {
	// URL is where the file is.
	URL string
	// Checksum is the SHA-256 in hex; empty when it has to be fetched from ChecksumURL.
	Checksum    string
	ChecksumURL string
	// Kind and Dest say how and where to install it.
	Kind Kind
	Dest string
}

// Download resolves a file to this source's URLs.
func (s Source) Download(f File) Download {
	d := Download{URL: s.URL(f.Key), Kind: f.Kind, Dest: f.Dest}
	if sum, pinned := s.Checksums[f.Key]; pinned {
		d.Checksum = strings.ToLower(sum)
	} else {
		d.ChecksumURL = s.URL(f.ChecksumKey)
	}
	return d
}

// URL is where the source has the file with a key.
func (s Source) URL(key string) string {
	if s.Files == "" {
		return "https://" + key
	}
	return strings.TrimSuffix(s.Files, "/") + "/" + key
}

// Validate reports the first value that is no HTTP URL or no SHA-256.
func (s Source) Validate() error {
	for name, value := range map[string]string{"files": s.Files, "images": s.Images} {
		if value == "" {
			continue
		}
		if u, err := url.Parse(value); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("source of %s: %q is not an http or https URL", name, value)
		}
	}
	for key, sum := range s.Checksums {
		if raw, err := hex.DecodeString(sum); err != nil || len(raw) != 32 {
			return fmt.Errorf("checksum of %q: %q is not a SHA-256 in hex", key, sum)
		}
	}
	return nil
}
