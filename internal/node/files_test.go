package node_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"sigs.k8s.io/yaml"

	"slipway/internal/machine"
	"slipway/internal/node"
	"slipway/internal/nodetest"
)

// document returns a document of the kubeadm configuration that the node received.
func document(t *testing.T, files map[string]string, kind string) map[string]any {
	t.Helper()
	for _, text := range strings.Split(files["etc/kubeadm.yaml"], "\n---\n") {
		doc := map[string]any{}
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		if doc["kind"] == kind {
			return doc
		}
	}
	t.Fatalf("no %s in\n%s", kind, files["etc/kubeadm.yaml"])
	return nil
}

// Nodes reach the API at one address and clients at the other: the certificate
// must be good for both, and names of the configuration stay.
func TestServingCertificateNames(t *testing.T) {
	inside := nodetest.Member()
	inside.External = inside.Internal
	for name, tt := range map[string]struct {
		membership node.MembershipOutput
		want       []any
	}{
		"with a floating IP": {nodetest.Membership(), []any{"api.demo.test", "10.0.0.10", "172.24.4.10"}},
		"without":            {node.NewMembership(pulumi.Any(inside)), []any{"api.demo.test", "10.0.0.10"}},
	} {
		t.Run(name, func(t *testing.T) {
			args := controlPlane()
			args.Membership = tt.membership
			cluster := document(t, nodetest.Files(t, run(t, args), "demo-n1"), "ClusterConfiguration")
			if diff := cmp.Diff(any(tt.want), cluster["apiServer"].(map[string]any)["certSANs"]); diff != "" {
				t.Errorf("certSANs (-want +got):\n%s", diff)
			}
			if cluster["controlPlaneEndpoint"] != "10.0.0.10:6443" {
				t.Errorf("controlPlaneEndpoint = %v, want the address inside", cluster["controlPlaneEndpoint"])
			}
		})
	}
}

func TestWorkerFiles(t *testing.T) {
	files := nodetest.Files(t, run(t, worker()), "demo-n1")
	for name, content := range files {
		if strings.Contains(content, "needle") || strings.HasSuffix(name, ".key") {
			t.Errorf("a worker receives %s", name)
		}
	}
	// Traffic from node to API never leaves the network.
	if env := files["etc/node.env"]; !strings.Contains(env, "endpoint='10.0.0.10:6443'\n") {
		t.Errorf("scripts reach the API elsewhere than at 10.0.0.10:6443:\n%s", env)
	}
	join := document(t, files, "JoinConfiguration")["discovery"].(map[string]any)["bootstrapToken"].(map[string]any)
	if join["apiServerEndpoint"] != "10.0.0.10:6443" || join["token"] != nodetest.Member().Token {
		t.Errorf("the worker joins with %v", join)
	}
	if hashes, _ := join["caCertHashes"].([]any); len(hashes) != 1 || !strings.HasPrefix(hashes[0].(string), "sha256:") {
		t.Errorf("the worker trusts any authority: caCertHashes = %v", join["caCertHashes"])
	}
}

func TestControlPlaneFiles(t *testing.T) {
	files, keys := nodetest.Files(t, run(t, controlPlane()), "demo-n1"), nodetest.Member().Keys
	for name, want := range map[string]string{
		"pki/ca.crt": nodetest.Member().CACert, "pki/ca.key": keys.CAKey, "pki/etcd/ca.key": keys.EtcdCAKey,
		"pki/front-proxy-ca.key": keys.FrontProxyCAKey, "pki/sa.key": keys.ServiceAccountKey, "pki/sa.pub": keys.ServiceAccountPub,
	} {
		if got := files["etc/"+name]; got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

// A volume is mounted where it is wanted, under the name that only this volume has.
func TestVolumeIsMounted(t *testing.T) {
	args := worker()
	args.Hardware.Volumes = []machine.VolumeArgs{{Name: "containers", Mount: "/var/lib/containerd", SizeGB: 10}}
	recorded := run(t, args)
	volume := recorded.Get(t, "openstack:blockstorage/volume:Volume", "demo-n1-containers")
	want := machine.DevicePath(volume.ID) + "\t/var/lib/containerd\n"
	if got := nodetest.Files(t, recorded, "demo-n1")["etc/volumes"]; got != want {
		t.Errorf("volumes = %q, want %q", got, want)
	}
	// Before it is attached there is no such device.
	attached := recorded.Get(t, "openstack:compute/volumeAttach:VolumeAttach", "demo-n1-containers")
	if !slices.Contains(recorded.Get(t, commandType, "demo-n1-files").DependsOn, attached.URN) {
		t.Error("the node is told of the volume before it is attached")
	}
	if got := nodetest.Files(t, run(t, worker()), "demo-n1")["etc/volumes"]; got != "" {
		t.Errorf("a node without a volume mounts %q", got)
	}
}
