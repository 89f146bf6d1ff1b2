package bootstrap

import (
	"slices"
	"strings"
	"testing"

	"slipway/internal/artifacts"
)

// Regression: nodes with a mirror looked for ECK's image in the internet.
func TestEveryImageComesFromTheMirror(t *testing.T) {
	for _, ref := range slices.Concat(
		artifacts.Images("v1.36.3", artifacts.Cilium, artifacts.ControlPlane), artifacts.Images("v1.36.3", artifacts.Flannel, artifacts.ControlPlane),
		artifacts.CertManagerImages(true), artifacts.CinderCSIImages(), artifacts.ExternalDNSImages(), artifacts.IngressImages(), artifacts.LokiImages(true),
		artifacts.ElasticImages(true), artifacts.MetalLBImages(), artifacts.MonitoringImages(), artifacts.GrafanaImages(), artifacts.RookCephImages(true),
		[]string{artifacts.CloudControllerImage(), artifacts.KeystoneAuthImage()},
	) {
		if registry, _, _ := strings.Cut(ref, "/"); !slices.Contains(mirrored, registry) {
			t.Errorf("%s would be pulled from %s itself", ref, registry)
		}
	}
}
