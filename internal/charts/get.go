package charts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"slipway/internal/artifacts"
)

// Get returns a chart from the source, or from the folder where earlier runs
// have left it. An empty folder keeps nothing.
func (p Pin) Get(ctx context.Context, source artifacts.Source, folder string) (*Chart, error) {
	check := func(archive []byte) error {
		_, err := p.read(archive)
		return err
	}
	archive, err := get(ctx, p.origin(source), folder, p.Name+"-"+p.Version+"-"+p.Digest+".tgz", check)
	if err != nil {
		return nil, fmt.Errorf("chart %s: %w", p, err)
	}
	return p.read(archive)
}

// get returns a file that passes the check. It is kept in the folder by a name
// that no other content has.
func get(ctx context.Context, from origin, folder, name string, check func([]byte) error) ([]byte, error) {
	kept := filepath.Join(folder, name)
	if content, err := os.ReadFile(kept); err == nil && folder != "" && check(content) == nil {
		return content, nil
	}
	content, err := from.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("getting %s: %w; %s may name a mirror that has it", from.url, err, from.setting)
	}
	if err := check(content); err != nil {
		return nil, fmt.Errorf("%s: %w", from.url, err)
	}
	if folder != "" {
		keep(kept, content)
	}
	return content, nil
}

// keep saves the next run the way. That it cannot be kept is nobody's concern.
func keep(file string, content []byte) {
	if os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	part, err := os.CreateTemp(filepath.Dir(file), ".new-")
	if err != nil {
		return
	}
	_, err = part.Write(content)
	if errors.Join(err, part.Close()) != nil || os.Rename(part.Name(), file) != nil {
		os.Remove(part.Name())
	}
}
