package charts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"slipway/internal/artifacts"
)

// Manifest is a file with objects that upstream publishes outside of charts.
type Manifest struct {
	// Key is its upstream URL without the scheme. Required.
	Key string
	// SHA256 is that of the file, in hex. Required.
	SHA256 string
}

// Get returns the objects of the file, as Pin.Get does those of a chart.
func (m Manifest) Get(ctx context.Context, source artifacts.Source, folder string) ([]Object, error) {
	text, err := get(ctx, mirrored(source, m.Key), folder, m.SHA256+".yaml", m.check)
	if err != nil {
		return nil, err
	}
	objects, err := parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", m.Key, err)
	}
	return objects, nil
}

func (m Manifest) check(text []byte) error {
	sum := sha256.Sum256(text)
	if got := hex.EncodeToString(sum[:]); got != m.SHA256 {
		return fmt.Errorf("its SHA-256 is %s, want %s", got, m.SHA256)
	}
	return nil
}
