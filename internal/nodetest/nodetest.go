// Package nodetest holds what the tests of nodes, and of components made of
// nodes, share: what a node is given and what reached it.
package nodetest

import (
	"archive/tar"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
	"slipway/internal/kubeadm"
	"slipway/internal/machine"
	"slipway/internal/node"
	"slipway/internal/pulumitest"
	"slipway/internal/versions"
)

// What Settings says about SSH. The key is a needle: whatever holds it in plain
// text leaks it.
const (
	PrivateKey     = "-----BEGIN OPENSSH PRIVATE KEY-----\nlogin\n"
	BastionAddress = "172.24.4.2"
	BastionHostKey = "ssh-ed25519 bastion"
)

// Settings are valid settings of a cluster called demo.
func Settings() node.Settings {
	return node.Settings{
		Cluster: kubeadm.Cluster{
			Name: "demo", Version: versions.Kubernetes, Port: 6443, CertSANs: []string{"api.demo.test"},
			PodCIDR: netip.MustParsePrefix("10.244.0.0/16"), ServiceCIDR: netip.MustParsePrefix("10.96.0.0/16"),
			Proxy: kubeadm.Proxy{Mode: "nftables"}, Kubelet: kubeadm.Kubelet{MaxPods: 110},
		},
		Arch:    "amd64",
		CNI:     artifacts.Flannel,
		KeyPair: pulumi.String("demo-ssh"),
		SSH: machine.SSH{
			User:       "debian",
			PrivateKey: pulumi.ToSecret(pulumi.String(PrivateKey)).(pulumi.StringOutput),
			Jump:       &machine.Jump{Host: pulumi.String(BastionAddress), HostKey: pulumi.String(BastionHostKey)},
		},
		Metadata: map[string]string{"slipway-cluster": "demo"},
		Tags:     []string{"slipway-cluster=demo"},
	}
}

// Hardware is what the nodes run on.
func Hardware() node.Hardware {
	return node.Hardware{Flavor: machine.Flavor{ID: "flavor-id", Name: "flavor"}, ImageID: "image-id"}
}

// Attachment puts a machine into the network demo.
func Attachment() machine.Attachment {
	return machine.Attachment{
		NetworkID: pulumi.String("network-id"), SubnetID: pulumi.String("subnet-id"),
		SecurityGroupIDs: pulumi.StringArray{pulumi.String("group-id")}, Tags: []string{"slipway-cluster=demo"},
	}
}

// Member is a membership whose every secret is a different needle.
func Member() node.Membership {
	return node.Membership{
		Internal: "10.0.0.10", External: "172.24.4.10", Port: 6443, CACert: caCert(), Token: "abcdef.0123456789abcdef",
		Keys: &bootstrap.Keys{
			CAKey: "needle ca", EtcdCACert: "etcd ca", EtcdCAKey: "needle etcd",
			FrontProxyCACert: "front proxy ca", FrontProxyCAKey: "needle front proxy",
			ServiceAccountKey: "needle sa", ServiceAccountPub: "sa pub", BootstrapToken: "abcdef.0123456789abcdef",
			Encryption: "needle encryption",
		},
	}
}

// Membership is Member as a component would pass it on.
func Membership() node.MembershipOutput { return node.NewMembership(pulumi.Any(Member())) }

// caCert makes the same certificate each time.
func caCert() string {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kubernetes"},
		NotBefore: start, NotAfter: start.AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		panic(err) // nothing here depends on the test
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// Files returns what the node of that name receives, by name in the archive.
func Files(t testing.TB, r *pulumitest.Recorded, host string) map[string]string {
	t.Helper()
	stdin, _, _ := r.Get(t, "command:remote:Command", host+"-files").Input("stdin")
	if !stdin.IsString() {
		t.Fatalf("%s receives %v, want an archive", host, stdin)
	}
	unzip, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(stdin.StringValue())))
	if err != nil {
		t.Fatalf("opening the files of %s: %v", host, err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(unzip); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatalf("reading the files of %s: %v", host, err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatalf("reading %s of %s: %v", header.Name, host, err)
		}
		files[header.Name] = string(content)
	}
}
