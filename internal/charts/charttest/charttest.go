// Package charttest makes charts for tests.
package charttest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"helm.sh/helm/v4/pkg/chart/v2/loader"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
)

// Pack makes the archive of a chart from its files.
func Pack(t testing.TB, name string, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name + "/" + file, Mode: 0o644, Size: int64(len(files[file]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(files[file])); err != nil {
			t.Fatal(err)
		}
	}
	archive.Close()
	zipped.Close()
	return out.Bytes()
}

// Serve is a mirror that has a file under a key, and counts how often it was asked.
func Serve(t testing.TB, key string, content []byte) (artifacts.Source, *atomic.Int32) {
	t.Helper()
	asked := &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path != "/files/"+key {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(content)
	}))
	t.Cleanup(server.Close)
	return artifacts.Source{Files: server.URL + "/files"}, asked
}

// Pin is for version 1.2.3 of a chart as it is.
func Pin(t testing.TB, name string, archive []byte) charts.Pin {
	t.Helper()
	tree, err := loader.LoadArchive(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	return charts.Pin{Name: name, Version: "1.2.3", Key: "charts.test/" + name + "-1.2.3.tgz", Digest: charts.Digest(tree)}
}

// Chart is a chart with these files; its version is 1.2.3.
func Chart(t testing.TB, name string, files map[string]string) *charts.Chart {
	t.Helper()
	all := map[string]string{"Chart.yaml": "apiVersion: v2\nname: " + name + "\nversion: 1.2.3\n"}
	maps.Copy(all, files)
	archive := Pack(t, name, all)
	pin := Pin(t, name, archive)
	source, _ := Serve(t, pin.Key, archive)
	c, err := pin.Get(t.Context(), source, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
