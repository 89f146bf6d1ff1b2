package kubeadm

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slipway/internal/artifacts"
	"slipway/internal/golden"
	"slipway/internal/versions"
)

const (
	testToken = "abcdef.0123456789abcdef"
	testHash  = "sha256:0123456789012345678901234567890123456789012345678901234567890123"
)

func sampleCluster() Cluster {
	return Cluster{
		Name:        "dev",
		Version:     versions.Kubernetes,
		Endpoint:    "10.0.0.10:6443",
		Port:        6443,
		CertSANs:    []string{"172.24.4.10"},
		PodCIDR:     netip.MustParsePrefix("10.244.0.0/16"),
		ServiceCIDR: netip.MustParsePrefix("10.96.0.0/16"),
		Proxy:       Proxy{Mode: "nftables"},
		Kubelet:     Kubelet{MaxPods: 110},
	}
}

func sampleNode() Node {
	return Node{Name: "dev-cp1", Address: "10.0.0.10", Taints: []Taint{ControlPlaneTaint}}
}

func sampleDiscovery() Discovery { return Discovery{Token: testToken, CACertHash: testHash} }

// restricted is a cluster on nodes that may not change their host.
func restricted() Cluster {
	c := sampleCluster()
	c.Proxy = Proxy{Mode: "iptables", KeepConntrack: true}
	c.Kubelet = Kubelet{AllowCgroupV1: true, MaxPods: 50}
	c.ExternalCloudProvider, c.TokenWebhook, c.SpreadDNS = true, true, true
	return c
}

// labelled is a node with all that can be said of one.
func labelled() Node {
	return Node{
		Name:                  "dev-pool-w1",
		Address:               "10.0.0.21",
		Labels:                map[string]string{"tier": "web", "node.kubernetes.io/instance-type": "m1", "example.com/disk": "ssd"},
		Taints:                []Taint{{Key: "dedicated", Value: "web", Effect: "NoExecute"}},
		IgnorePreflightErrors: []string{"SystemVerification"},
	}
}

// renderings are all kinds of document, by name.
func renderings(t *testing.T) map[string]string {
	t.Helper()
	documents := map[string]string{}
	for name, render := range map[string]func() (string, error){
		"init.yaml":            func() (string, error) { return RenderInit(sampleCluster(), sampleNode(), testToken) },
		"init-restricted.yaml": func() (string, error) { return RenderInit(restricted(), labelled(), testToken) },
		"init-external-etcd.yaml": func() (string, error) {
			c := sampleCluster()
			c.ExternalEtcd = []string{EtcdEndpoint(sampleMembers()["dev-etcd1"]), EtcdEndpoint(sampleMembers()["dev-etcd2"])}
			return RenderInit(c, sampleNode(), testToken)
		},
		"etcd.yaml":        func() (string, error) { return RenderEtcd(sampleCluster(), etcdNode(), sampleMembers()) },
		"etcd-client.yaml": func() (string, error) { return RenderEtcdClient(sampleCluster()) },
		"join.yaml":        func() (string, error) { return RenderJoin(sampleCluster(), labelled(), sampleDiscovery()) },
		"join-control-plane.yaml": func() (string, error) {
			return RenderControlPlaneJoin(sampleCluster(), sampleNode(), sampleDiscovery())
		},
	} {
		text, err := render()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		documents[name] = text
	}
	return documents
}

func sampleMembers() map[string]netip.Addr {
	return map[string]netip.Addr{
		"dev-etcd1": netip.MustParseAddr("10.0.0.31"),
		"dev-etcd2": netip.MustParseAddr("10.0.0.32"),
		"dev-etcd3": netip.MustParseAddr("10.0.0.33"),
	}
}

func etcdNode() Node { return Node{Name: "dev-etcd2", Address: "10.0.0.32"} }

func TestRender(t *testing.T) {
	for name, text := range renderings(t) {
		golden.Assert(t, name, text)
	}
}

func TestRenderDNSPatch(t *testing.T) {
	text, err := RenderDNSPatch()
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, DNSPatchFile, text)
}

func TestRenderEtcdKubelet(t *testing.T) {
	text, err := RenderEtcdKubelet(restricted())
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "etcd-kubelet.yaml", text)
}

func TestRenderEtcdRefuses(t *testing.T) {
	const prefix = "rendering kubeadm's configuration: "
	for name, test := range map[string]struct {
		change func(*Node, map[string]netip.Addr)
		want   string
	}{
		"a stranger":      {func(n *Node, _ map[string]netip.Addr) { n.Name = "dev-etcd9" }, `node "dev-etcd9" at 10.0.0.32 is not among the etcd members`},
		"another address": {func(n *Node, _ map[string]netip.Addr) { n.Address = "10.0.0.31" }, `node "dev-etcd2" at 10.0.0.31 is not among the etcd members`},
		"an even number": {func(_ *Node, m map[string]netip.Addr) { delete(m, "dev-etcd3") },
			"the number of etcd members must be odd: a further one would not survive one more failure"},
	} {
		t.Run(name, func(t *testing.T) {
			n, members := etcdNode(), sampleMembers()
			test.change(&n, members)
			if _, err := RenderEtcd(sampleCluster(), n, members); err == nil || err.Error() != prefix+test.want {
				t.Errorf("got %v\nwant %s", err, prefix+test.want)
			}
		})
	}
}

// TestKubeadmAcceptsIt asks the real tool, whose decoding is strict.
func TestKubeadmAcceptsIt(t *testing.T) {
	kubeadm := findKubeadm()
	if kubeadm == "" {
		t.Skip("kubeadm is neither in the cache (make tools) nor in PATH")
	}
	for name, text := range renderings(t) {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(kubeadm, "config", "validate", "--config", file).CombinedOutput()
		if err != nil || strings.Contains(string(out), "WARNING") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestKubeadmWantsTheImagesWeList keeps the list that air gaps mirror complete.
func TestKubeadmWantsTheImagesWeList(t *testing.T) {
	kubeadm := findKubeadm()
	if kubeadm == "" {
		t.Skip("kubeadm is neither in the cache (make tools) nor in PATH")
	}
	file := filepath.Join(t.TempDir(), "init.yaml")
	if err := os.WriteFile(file, []byte(renderings(t)["init.yaml"]), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(kubeadm, "config", "images", "list", "--config", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	wanted := strings.Fields(string(out))
	listed := artifacts.Images(versions.Kubernetes, "", artifacts.ControlPlane)
	slices.Sort(wanted)
	slices.Sort(listed)
	if diff := cmp.Diff(wanted, listed); diff != "" {
		t.Errorf("images (-kubeadm +artifacts):\n%s", diff)
	}
}

func findKubeadm() string {
	cache := os.Getenv("SLIPWAY_CACHE")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		cache = filepath.Join(base, "slipway")
	}
	built := filepath.Join(cache, "artifacts", "bin", "kubeadm")
	if _, err := os.Stat(built); err == nil {
		return built
	}
	found, _ := exec.LookPath("kubeadm")
	return found
}

func TestRenderRefuses(t *testing.T) {
	const prefix = "rendering kubeadm's configuration: "
	for name, test := range map[string]struct {
		change func(*Cluster, *Node, *Discovery)
		want   string
	}{
		"no endpoint":   {func(c *Cluster, _ *Node, _ *Discovery) { c.Endpoint = "" }, "name, version and endpoint are required"},
		"no pod range":  {func(c *Cluster, _ *Node, _ *Discovery) { c.PodCIDR = netip.Prefix{} }, "the ranges of pods and Services are required"},
		"no proxy mode": {func(c *Cluster, _ *Node, _ *Discovery) { c.Proxy.Mode = "" }, "the API port, the limit of pods and the proxy mode are required"},
		"plain etcd": {func(c *Cluster, _ *Node, _ *Discovery) { c.ExternalEtcd = []string{"http://10.0.0.31:2379"} },
			`etcd endpoint "http://10.0.0.31:2379": it must have the form https://<address>:<port>`},
		"no node name": {func(_ *Cluster, n *Node, _ *Discovery) { n.Name = "" }, "the node's name is required"},
		"no address":   {func(_ *Cluster, n *Node, _ *Discovery) { n.Address = "" }, `node "dev-cp1": ParseAddr(""): unable to parse IP`},
		"role label": {func(_ *Cluster, n *Node, _ *Discovery) {
			n.Labels = map[string]string{"node-role.kubernetes.io/web": ""}
		},
			`node "dev-cp1": a kubelet may not set the label "node-role.kubernetes.io/web" itself; use a label outside kubernetes.io and k8s.io`},
		"no token": {func(_ *Cluster, _ *Node, d *Discovery) { d.Token = "" }, "the token and the authority's hash (sha256:...) are required"},
		"no hash":  {func(_ *Cluster, _ *Node, d *Discovery) { d.CACertHash = "0123" }, "the token and the authority's hash (sha256:...) are required"},
	} {
		t.Run(name, func(t *testing.T) {
			c, n, d := sampleCluster(), sampleNode(), sampleDiscovery()
			test.change(&c, &n, &d)
			if _, err := RenderJoin(c, n, d); err == nil || err.Error() != prefix+test.want {
				t.Errorf("got %v\nwant %s", err, prefix+test.want)
			}
		})
	}
}

func TestReservedLabels(t *testing.T) {
	for label, want := range map[string]bool{
		"tier":                              false,
		"example.com/tier":                  false,
		"node.kubernetes.io/tier":           false,
		"pool.node.kubernetes.io/tier":      false,
		"topology.kubernetes.io/zone":       false,
		"topology.kubernetes.io/rack":       true,
		"node-role.kubernetes.io/worker":    true,
		"kubernetes.io/hostname":            true,
		"node-restriction.kubernetes.io/as": true,
		"k8s.io/x":                          true,
	} {
		if got := reserved(label); got != want {
			t.Errorf("reserved(%q) = %v, want %v", label, got, want)
		}
	}
}
