package charts

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/registry"

	"slipway/internal/artifacts"
)

const (
	// patience is for one answer of the repository, archive included.
	patience = 30 * time.Second
	// largest is far above any chart: the largest one in use has half a megabyte.
	largest = 16 << 20
)

// origin is where a file is.
type origin struct {
	// url is for messages, as is setting, the key of the configuration that names another place.
	url, setting string
	fetch        func(context.Context) ([]byte, error)
}

// mirrored is a file by its upstream URL without the scheme.
func mirrored(source artifacts.Source, key string) origin {
	url := source.URL(key)
	return origin{url, "slipway:artifacts.files", func(ctx context.Context) ([]byte, error) { return download(ctx, url) }}
}

// origin is a registry for charts if there is one, else where all files are.
func (p Pin) origin(source artifacts.Source) origin {
	if source.Charts == "" {
		return mirrored(source, p.Key)
	}
	base := strings.TrimSuffix(source.Charts, "/")
	scheme, path, _ := strings.Cut(base, "://")
	ref := path + "/" + p.Name + ":" + p.Version
	return origin{scheme + "://" + ref, "slipway:artifacts.charts", func(context.Context) ([]byte, error) { return pull(ref, scheme == "http") }}
}

// pull gets a chart's archive from a registry, logged in as docker and helm are.
func pull(ref string, plain bool) ([]byte, error) {
	options := []registry.ClientOption{registry.ClientOptWriter(io.Discard), registry.ClientOptHTTPClient(&http.Client{Timeout: patience})}
	if plain {
		options = append(options, registry.ClientOptPlainHTTP())
	}
	client, err := registry.NewClient(options...)
	if err != nil {
		return nil, err
	}
	result, err := client.Pull(ref)
	if err != nil {
		return nil, err
	}
	return result.Chart.Data, nil
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
