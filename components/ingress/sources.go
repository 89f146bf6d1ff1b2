package ingress

import (
	"context"
	"errors"
	"slices"
	"sync"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/versions"
)

// Sources are Traefik's chart and the definitions of the Gateway API, which any
// implementation of it shares.
type Sources struct {
	chart       *charts.Chart
	definitions []charts.Object
}

// NewSources takes a chart and definitions that are at hand.
func NewSources(chart *charts.Chart, definitions []charts.Object) *Sources {
	return &Sources{chart, definitions}
}

func pin() charts.Pin {
	return charts.Pin{
		Name: "traefik", Version: versions.TraefikChart, Digest: versions.TraefikChartDigest,
		Key: "traefik.github.io/charts/traefik/traefik-" + versions.TraefikChart + ".tgz",
	}
}

// manifests are the standard channel of the Gateway API, a kind each.
func manifests() []charts.Manifest {
	var all []charts.Manifest
	for _, kind := range []struct{ name, sum string }{
		{"backendtlspolicies", "0d48c9e4b53dd9510cf615b9b1192d9d7afb07a1cc0498c9515627cb1c075419"},
		{"gatewayclasses", "53710048ba26f8620eed59d5e51b157ecf040daf5c6eef31a4b991e0808c4be5"},
		{"gateways", "25b885f5870b8fff1ae82efa2628b2761cef3745900c2aecf8fb76629a01255a"},
		{"grpcroutes", "53a8d029da8f07e55d3fa58a5cf6de5950dab19fbb8d6a8082fb5e51ca5ef6fc"},
		{"httproutes", "a424a0d6c953b162e71d1d97bb7e75012d8f1ac264e7274f2763d1b96ab39852"},
		{"listenersets", "bf4d4b02564999b2558b96e31465129895db9b3a8adfb90adb9c80eac52a3a70"},
		{"referencegrants", "8c645e9333cfa67790cc2a53e0c00076f88b2bd4230d2b49688c78bc34f9b2c3"},
		{"tcproutes", "d5104d0cf30e924f5e3c9e2e76abd46876401c34ca33b9e79321523eee78c7f6"},
		{"tlsroutes", "bb8b67926e5d9652cbfd2e19063b7c1d9e78806c9dd671608f57baef2f2e3bbb"},
		{"udproutes", "4b80684c2bf8ef4b0a2a3ab45164ac9f96258fc69912645ff50ced595b0aa6de"},
	} {
		all = append(all, charts.Manifest{
			Key:    "raw.githubusercontent.com/kubernetes-sigs/gateway-api/" + versions.GatewayAPI + "/config/crd/standard/gateway.networking.k8s.io_" + kind.name + ".yaml",
			SHA256: kind.sum,
		})
	}
	return all
}

// Keys are the upstream URLs of everything that Get fetches, without the scheme.
func Keys() []string {
	keys := []string{pin().Key}
	for _, m := range manifests() {
		keys = append(keys, m.Key)
	}
	return keys
}

// Get fetches the sources, all at once, or takes what earlier runs have left in
// the folder. What cannot be had is named, all of it.
func Get(ctx context.Context, source artifacts.Source, folder string) (*Sources, error) {
	s := &Sources{}
	pins := manifests()
	found, errs := make([][]charts.Object, len(pins)), make([]error, len(pins)+1)
	var wg sync.WaitGroup
	wg.Go(func() { s.chart, errs[len(pins)] = pin().Get(ctx, source, folder) })
	for i, m := range pins {
		wg.Go(func() { found[i], errs[i] = m.Get(ctx, source, folder) })
	}
	wg.Wait()
	s.definitions = slices.Concat(found...)
	return s, errors.Join(errs...)
}
