package bootstrap

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"slipway/internal/artifacts"
	"slipway/internal/golden"
	"slipway/internal/pki"
	"slipway/internal/versions"
)

// caCert is a certificate without a key anywhere.
func caCert(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/ca.crt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func sampleWorker(t *testing.T) Params {
	return Params{
		Node:              "dev-pool-w1",
		Role:              artifacts.Worker,
		KubernetesVersion: versions.Kubernetes,
		Arch:              "amd64",
		CNI:               artifacts.Flannel,
		Endpoint:          "10.0.0.10:6443",
		CACert:            caCert(t),
		Kubeadm:           "kind: JoinConfiguration\n",
	}
}

// sampleControlPlane has everything set that Params can say.
func sampleControlPlane(t *testing.T) Params {
	p := sampleWorker(t)
	p.Node = "dev-cp1"
	p.Role = artifacts.ControlPlane
	p.Peers = []string{"10.0.0.11:6443", "10.0.0.12:6443"}
	p.Kubeadm = "kind: InitConfiguration\n"
	p.KubeadmJoin = "kind: JoinConfiguration\n  advertiseAddress: 10.0.0.10\n"
	p.Source = artifacts.Source{
		Files:     "http://10.79.0.1:8080/files",
		Images:    "http://10.79.0.1:8080",
		Checksums: map[string]string{"dl.k8s.io/v1.36.3/bin/linux/amd64/kubectl": strings.Repeat("ab", 32)},
	}
	p.Containerd = Containerd{DisableAppArmor: true, RestrictOOMScoreAdj: true}
	p.DNSPatch = "spec: {}\n"
	p.Volumes = []Volume{{Device: "/dev/disk/by-id/virtio-0123456789abcdef0123", Mount: "/var/lib/containerd"}}
	p.Keys = &Keys{
		CAKey: "ca key\n", EtcdCACert: "etcd ca\n", EtcdCAKey: "etcd ca key\n",
		FrontProxyCACert: "front proxy ca\n", FrontProxyCAKey: "front proxy ca key\n",
		ServiceAccountKey: "sa key\n", ServiceAccountPub: "sa pub\n",
		BootstrapToken: "abcdef.0123456789abcdef",
		Encryption:     encryption(t, 1),
	}
	return p
}

func sampleEtcd(t *testing.T) Params {
	p := sampleControlPlane(t)
	p.Node = "dev-etcd2"
	p.Role = artifacts.Etcd
	p.Source, p.Containerd, p.Peers = artifacts.Source{}, Containerd{}, nil
	p.Volumes[0].Mount = "/var/lib/etcd"
	p.Kubeadm = "    - name: initial-cluster\n      value: dev-etcd1=https://10.0.0.31:2380,dev-etcd2=https://10.0.0.32:2380,dev-etcd3=https://10.0.0.33:2380\n"
	p.KubeadmJoin, p.EtcdKubelet = "", "kind: KubeletConfiguration\n"
	p.EtcdSnapshots = Snapshots{Schedule: "hourly", Keep: 3}
	p.Keys = p.Keys.ForEtcd()
	return p
}

// encryption is the encryption at rest by the keys of a generation.
func encryption(t *testing.T, generation int) string {
	t.Helper()
	text, err := pki.Encryption(strings.Repeat("seed", 8), generation)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func files(t *testing.T, p Params) []File {
	t.Helper()
	fs, err := Files(p)
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// TestFiles shows what a node receives; scripts by name only.
func TestFiles(t *testing.T) {
	for name, p := range map[string]Params{"control-plane.txt": sampleControlPlane(t), "worker.txt": sampleWorker(t), "etcd.txt": sampleEtcd(t)} {
		var text strings.Builder
		for _, f := range entries(files(t, p)) {
			fmt.Fprintf(&text, "==> %s %04o\n", f.Path, f.Mode)
			if !strings.HasPrefix(f.Path, ScriptDir) {
				text.WriteString(f.Content)
			}
		}
		golden.Assert(t, name, text.String())
	}
}

func TestEverythingButScriptsIsForRootOnly(t *testing.T) {
	for _, f := range entries(files(t, sampleControlPlane(t))) {
		if strings.HasPrefix(f.Path, ConfigDir) && f.Mode&0o077 != 0 {
			t.Errorf("%s has mode %o", f.Path, f.Mode)
		}
	}
}

func TestFilesRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Params)
		want   string
	}{
		"name with a blank":      {func(p *Params) { p.Node = "a b" }, `node "a b": not a host name`},
		"no kubeadm":             {func(p *Params) { p.Kubeadm = "" }, "node dev-cp1: version, architecture, endpoint, authority and kubeadm's configuration are required"},
		"worker with keys":       {func(p *Params) { p.Role = artifacts.Worker }, "node dev-cp1: control planes and etcd members, and only those, have keys"},
		"control plane, no keys": {func(p *Params) { p.Keys = nil }, "node dev-cp1: control planes and etcd members, and only those, have keys"},
		"etcd with all keys":     {func(p *Params) { p.Role = artifacts.Etcd }, "node dev-cp1: an etcd member holds no keys but those of etcd's authority"},
		"etcd without a kubelet": {func(p *Params) { p.Role, p.Keys = artifacts.Etcd, p.Keys.ForEtcd() }, "node dev-cp1: an etcd member needs the configuration of its kubelet"},
		"no encryption":          {func(p *Params) { p.Keys.Encryption = "" }, "node dev-cp1: a control plane needs the authority's key and the encryption at rest"},
		"no join":                {func(p *Params) { p.KubeadmJoin = "" }, "node dev-cp1: a control plane needs what it joins with, in case the cluster exists already"},
		"no schedule":            {func(p *Params) { p.EtcdSnapshots = Snapshots{"daily\n", -1} }, `node dev-cp1: etcd snapshots "daily\n", keeping -1: not a schedule of systemd, or fewer than none`},
		"unstable device": {func(p *Params) { p.Volumes[0].Device = "/dev/vdb" },
			`node dev-cp1: volume "/dev/vdb" at "/var/lib/containerd": the device must be named by /dev/disk/by-id, other names change with a reboot`},
		"mount over the system": {func(p *Params) { p.Volumes[0].Mount = "/usr" },
			`node dev-cp1: volume "/dev/disk/by-id/virtio-0123456789abcdef0123" at "/usr": it must be mounted below /var/lib, and neither path may contain blanks`},
		"bad mirror":   {func(p *Params) { p.Source.Files = "mirror" }, `node dev-cp1: source of files: "mirror" is not an http or https URL`},
		"no CA at all": {func(p *Params) { p.CACert = "none" }, "node dev-cp1: hashing the authority's key: not a PEM certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			p := sampleControlPlane(t)
			test.change(&p)
			if _, err := Files(p); err == nil || err.Error() != test.want {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestDigest says which change re-runs which step.
func TestDigest(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Params)
		want   string // the steps that run again
	}{
		"nothing":            {func(*Params) {}, ""},
		"kubelet settings":   {func(p *Params) { p.Kubeadm += "maxPods: 50\n" }, ""},
		"endpoint":           {func(p *Params) { p.Endpoint = "10.0.0.11:6443" }, ""},
		"token":              {func(p *Params) { p.Keys.BootstrapToken = "fedcba.0123456789abcdef" }, ""},
		"release":            {func(p *Params) { p.KubernetesVersion = "v1.36.4" }, "prepare "},
		"mirror":             {func(p *Params) { p.Source.Files = "" }, "prepare "},
		"image registry":     {func(p *Params) { p.Source.Images = "" }, "prepare "},
		"containerd setting": {func(p *Params) { p.Containerd.DisableAppArmor = false }, "prepare "},
		"volume":             {func(p *Params) { p.Volumes = nil }, "prepare "},
		"node name":          {func(p *Params) { p.Node = "dev-cp2" }, "init join etcd-member "},
		"etcd elsewhere":     {func(p *Params) { p.EtcdClient = "kind: ClusterConfiguration\n" }, "prepare "},
		"snapshots":          {func(p *Params) { p.EtcdSnapshots.Schedule = "hourly" }, "prepare "},
		"peers":              {func(p *Params) { p.Peers = nil }, ""},
		"encryption keys":    {func(p *Params) { p.Keys.Encryption = encryption(t, 2) }, "settings reencrypt "},
	} {
		t.Run(name, func(t *testing.T) {
			p := sampleControlPlane(t)
			before := files(t, p)
			test.change(&p)
			after := files(t, p)
			got := ""
			for _, s := range []Step{Prepare, Init, Join, EtcdMember, Admit, WaitNodes, Settings, Reencrypt} {
				if Digest(before, s) != Digest(after, s) {
					got += string(s) + " "
				}
			}
			if got != test.want {
				t.Errorf("runs again: %q, want %q", got, test.want)
			}
		})
	}
}

func TestRegistryFiles(t *testing.T) {
	for name, mirror := range map[string]string{
		"hosts-root.toml":   "http://10.79.0.1:8080/",
		"hosts-folder.toml": "https://harbor.example/proxy/k8s",
	} {
		fs, err := registryFiles(mirror)
		if err != nil || len(fs) != len(mirrored) {
			t.Fatalf("%d files, %v", len(fs), err)
		}
		golden.Assert(t, name, fs[0].Content)
	}
	if fs, err := registryFiles(""); len(fs) != 0 || err != nil {
		t.Errorf("upstream: %v, %v", fs, err)
	}
}

func TestQuote(t *testing.T) {
	if got, want := quote(`it's $(here)`), `'it'\''s $(here)'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDrainCommand(t *testing.T) {
	got, err := DrainCommand("dev-w1")
	if want := "sudo -n /opt/slipway/drain.sh dev-w1"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if _, err := DrainCommand("w1; reboot"); err == nil {
		t.Error("a name with a command in it is accepted")
	}
}
