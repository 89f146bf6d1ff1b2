package config

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// valid is the baseline that other tests break in one place: it sets as little
// as a stack must, and two zones so that the nodes have one each.
func valid() map[string]string {
	return map[string]string{
		"openstack:cloud":      "mycloud",
		"slipway:cluster":      `{"name": "dev"}`,
		"slipway:openstack":    `{"externalNetwork": "public", "image": "debian-12", "zones": ["az1", "az2"]}`,
		"slipway:access":       `{"api": ["192.0.2.0/24"], "ssh": ["192.0.2.0/24"]}`,
		"slipway:bastion":      `{"flavor": "small"}`,
		"slipway:controlPlane": `{"flavor": "medium", "nodes": {"cp1": {}}}`,
		"slipway:workerPools":  `{"default": {"flavor": "large", "nodes": {"w1": null, "w2": {}}}}`,
	}
}

// with is the baseline with one key in YAML put in place of its own.
func with(t *testing.T, key, value string) map[string]string {
	t.Helper()
	raw := maps.Clone(valid())
	text, err := yaml.YAMLToJSON([]byte(value))
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	raw[key] = string(text)
	return raw
}

// octavia is the baseline behind a load balancer.
func octavia(t *testing.T) map[string]string {
	t.Helper()
	raw := with(t, "slipway:endpoint", "{type: octavia}")
	raw["openstack:useOctavia"] = "true"
	return raw
}

// text renders problems as the user sees them.
func text(problems field.ErrorList) string {
	if err := Report("test", problems); err != nil {
		return err.Error()
	}
	return ""
}

// checkProblems compares problems, one per line, with what is wanted.
func checkProblems(t *testing.T, problems field.ErrorList, want string) {
	t.Helper()
	lines := make([]string, 0, len(problems))
	for _, problem := range problems {
		lines = append(lines, problem.Error())
	}
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("problems are\n%s\nwant\n%s", got, want)
	}
}

func mustLoad(t *testing.T, raw map[string]string) *Config {
	t.Helper()
	c, problems := Load(raw)
	if len(problems) > 0 {
		t.Fatal(text(problems))
	}
	return c
}

func TestDefaults(t *testing.T) {
	got, err := yaml.Marshal(mustLoad(t, valid()))
	if err != nil {
		t.Fatal(err)
	}
	want := `access:
  api:
  - 192.0.2.0/24
  ssh:
  - 192.0.2.0/24
bastion:
  flavor: small
  image: debian-12
certManager:
  dns01:
    credentialGeneration: 1
  replicas: 1
cinderCSI:
  credentialGeneration: 1
cloudController:
  credentialGeneration: 1
cluster:
  name: dev
controlPlane:
  flavor: medium
  image: debian-12
  nodes:
    cp1:
      zone: az1
  serverGroupPolicy: anti-affinity
endpoint:
  port: 6443
  type: direct
etcd:
  snapshots:
    keep: 12
    schedule: '*-*-* 00/6:00:00'
externalDNS:
  credentialGeneration: 1
  policy: sync
ingress:
  replicas: 2
  type: loadBalancer
kubernetes:
  cni: flannel
  encryptionGeneration: 1
  flannel:
    backend: vxlan
  kubelet:
    maxPods: 110
  podCIDR: 10.244.0.0/16
  proxy:
    mode: nftables
  serviceCIDR: 10.96.0.0/16
  version: v1.36.3
logging:
  retention: 7d
  type: loki
monitoring:
  retention: 10d
network:
  cidr: 10.0.0.0/16
openstack:
  externalNetwork: public
  image: debian-12
  os: debian
  user: debian
  zones:
  - az1
  - az2
policy:
  limits:
    certificateDays: 398
    controlPlanes: 3
    rsaBits: 3072
    widestRange: 8
rookCeph:
  failureDomain: host
  osdMemoryMB: 4096
stack: cluster
workerPools:
  default:
    flavor: large
    image: debian-12
    nodes:
      w1:
        zone: az1
      w2:
        zone: az2
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("defaulted config differs (-want +got):\n%s", diff)
	}
}

// A node's zone must not depend on which other nodes there are: a change of it
// replaces the machine.
func TestZoneByName(t *testing.T) {
	three := []string{"a", "b", "c"}
	tests := []struct {
		name  string
		zones []string
		want  string
	}{
		{"w1", nil, ""},
		{"any", []string{"a"}, "a"},
		{"w1", three, "a"},
		{"w2", three, "b"},
		{"w4", three, "a"},
		{"rack2-w03", three, "c"},
		{"w0", three, "c"},
		{"7", three, "a"},
		{"any", three, ""},
		{"w99999999999999999999", three, ""},
	}
	for _, tt := range tests {
		if got := zoneByName(tt.name, tt.zones); got != tt.want {
			t.Errorf("zoneByName(%q, %v) = %q, want %q", tt.name, tt.zones, got, tt.want)
		}
	}
}
