package versions

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestToolchainBuildsTheseVersions pins what tools/ compiles for the local
// cloud to what the product installs: with a difference the local cloud would
// test another release than clusters run.
func TestToolchainBuildsTheseVersions(t *testing.T) {
	etcd, _, _ := strings.Cut("v"+Etcd, "-") // the image's own revision follows the dash
	// The module of Prometheus v3.14.0 is v0.314.0.
	major, minor, _ := strings.Cut(strings.TrimSuffix(Prometheus[1:], ".0"), ".")
	prometheus := "v0." + major + minor + ".0"
	for _, pin := range []struct{ folder, module, want string }{
		{"kubernetes", "k8s.io/kubernetes", Kubernetes},
		{"containerd", "github.com/containerd/containerd/v2", "v" + Containerd},
		{"runc", "github.com/opencontainers/runc", Runc},
		{"cni-plugins", "github.com/containernetworking/plugins", CNIPlugins},
		{"flannel", "github.com/flannel-io/flannel", Flannel},
		{"etcd", "go.etcd.io/etcd/server/v3", etcd},
		{"etcd", "go.etcd.io/etcd/etcdctl/v3", etcd},
		{"coredns", "github.com/coredns/coredns", CoreDNS},
		{"cloud-provider-openstack", "k8s.io/cloud-provider-openstack", CloudProviderOpenStack},
		{"csi-sidecars", "github.com/kubernetes-csi/external-attacher/v4", CSIAttacher},
		{"csi-sidecars", "github.com/kubernetes-csi/external-provisioner/v5", CSIProvisioner},
		{"csi-sidecars", "github.com/kubernetes-csi/external-resizer", CSIResizer},
		{"csi-sidecars", "github.com/kubernetes-csi/external-snapshotter/v8", CSISnapshotter},
		{"csi-sidecars", "github.com/kubernetes-csi/external-snapshotter/client/v8", CSISnapshotter},
		{"prometheus", "github.com/prometheus/prometheus", prometheus},
		{"alertmanager", "github.com/prometheus/alertmanager", Alertmanager},
		{"node-exporter", "github.com/prometheus/node_exporter", NodeExporter},
		{"kube-state-metrics", "k8s.io/kube-state-metrics/v2", KubeStateMetrics},
		{"prometheus-operator", "github.com/prometheus-operator/prometheus-operator", PrometheusOperator},
		{"metallb", "go.universe.tf/metallb", MetalLB},
		{"opa", "github.com/open-policy-agent/opa", OPA},
		{"rook", "github.com/rook/rook", Rook},
		{"traefik", "github.com/traefik/traefik/v3", Traefik},
		{"traefik", "github.com/traefik/traefik-helm-chart", "v" + TraefikChart + "+incompatible"},
		{"traefik", "sigs.k8s.io/gateway-api", GatewayAPI},
		// tools/rook-operator is older than Rook: its README says why.
		{"cilium", "github.com/cilium/cilium", Cilium},
		// tools/calico is older than Calico, for the same reason as Rook's.
		{"loki", "github.com/grafana/loki/v3", "v" + Loki},
		{"eck", "github.com/elastic/cloud-on-k8s/v3", "v" + ECK},
		{"external-dns", "sigs.k8s.io/external-dns", ExternalDNS},
		// DesignateWebhook and DNS01Webhook are missing: no proxy serves them, so the
		// local cloud has programs of its own beside these two.
		{"cert-manager", "github.com/cert-manager/cert-manager", CertManager},
		// CSILivenessProbe and CSINodeDriverRegistrar are missing: no proxy serves
		// them, so the local cloud has programs of its own (tools/csi-sidecars).
		// FlannelCNIPlugin is missing: no proxy serves its module, so the local
		// cloud builds an older relative (tools/cni-plugin-flannel).
	} {
		file := filepath.Join("..", "..", "tools", pin.folder, "go.mod")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		line := regexp.MustCompile(`(?m)^(?:require)?\s+` + regexp.QuoteMeta(pin.module) + ` (v\S+)`)
		if found := line.FindStringSubmatch(string(text)); found == nil {
			t.Errorf("%s does not require %s", file, pin.module)
		} else if found[1] != pin.want {
			t.Errorf("%s requires %s %s, internal/versions has %s", file, pin.module, found[1], pin.want)
		}
	}
}
