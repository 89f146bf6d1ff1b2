package charts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"slipway/internal/artifacts"
)

const (
	// patience is for one answer of the repository, archive included.
	patience = 30 * time.Second
	// largest is far above any chart: the largest one in use has half a megabyte.
	largest = 16 << 20
)

// Get returns a chart from the source, or from the folder where earlier runs
// have left it. An empty folder keeps nothing.
func (p Pin) Get(ctx context.Context, source artifacts.Source, folder string) (*Chart, error) {
	check := func(archive []byte) error {
		_, err := p.read(archive)
		return err
	}
	archive, err := get(ctx, source, p.Key, folder, p.Name+"-"+p.Version+"-"+p.Digest+".tgz", check)
	if err != nil {
		return nil, fmt.Errorf("chart %s: %w", p, err)
	}
	return p.read(archive)
}

// get returns a file that passes the check. It is kept in the folder by a name
// that no other content has.
func get(ctx context.Context, source artifacts.Source, key, folder, name string, check func([]byte) error) ([]byte, error) {
	kept := filepath.Join(folder, name)
	if content, err := os.ReadFile(kept); err == nil && folder != "" && check(content) == nil {
		return content, nil
	}
	url := source.URL(key)
	content, err := download(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("getting %s: %w; slipway:artifacts.files may name a mirror that has it", url, err)
	}
	if err := check(content); err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
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

func download(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s", response.Status)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, largest+1))
	if err == nil && len(content) > largest {
		err = fmt.Errorf("it has more than %d bytes", largest)
	}
	return content, err
}
