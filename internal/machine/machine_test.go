package machine

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/nodeos"
	"slipway/internal/pulumitest"
)

const (
	instanceType = "openstack:compute/instance:Instance"
	portType     = "openstack:networking/port:Port"
	volumeType   = "openstack:blockstorage/volume:Volume"
)

func attachment() Attachment {
	return Attachment{
		NetworkID: pulumi.String("network-id"), SubnetID: pulumi.String("subnet-id"),
		SecurityGroupIDs: pulumi.StringArray{pulumi.String("group-id")}, Tags: []string{"slipway-cluster=demo"},
	}
}

func baseline() *ServerArgs {
	return &ServerArgs{
		HostName: "demo-w1", Flavor: Flavor{ID: "flavor-id", Name: "flavor"}, ImageID: "image-id",
		KeyPair: pulumi.String("demo-ssh"), SSH: login(),
		Metadata: map[string]string{"slipway-cluster": "demo"}, Tags: []string{"slipway-cluster=demo"},
	}
}

// run makes the server demo-w1 with a port of its own.
func run(t *testing.T, args *ServerArgs) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		port, err := NewPort(ctx, "demo-w1", attachment(), netip.Addr{})
		if err != nil {
			return err
		}
		args.Port = port
		s, err := NewServer(ctx, "demo-w1", args)
		if err != nil {
			return err
		}
		ctx.Export("address", s.Address)
		ctx.Export("hostKey", s.HostKey)
		ctx.Export("devices", s.Devices)
		ctx.Export("disks", s.Disks)
		return nil
	})
}

func TestServer(t *testing.T) {
	recorded := run(t, baseline())
	recorded.AssertNames(t, "demo-w1")
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t)
	recorded.AssertSecret(t, instanceType, "demo-w1-server", "userData")
	component := recorded.Get(t, serverType, "demo-w1")
	for _, r := range recorded.Resources {
		if r.Custom && r.Type != portType && r.Parent != component.URN {
			t.Errorf("%s %q is not a child of the server", r.Type, r.Name)
		}
	}
	port := recorded.Get(t, portType, "demo-w1-port")
	server := recorded.Get(t, instanceType, "demo-w1-server")
	if v, _, _ := server.Input("networks[0].port"); v.StringValue() != port.ID {
		t.Errorf("the server is plugged into %v, want its port %s", v, port.ID)
	}
	address := port.Outputs["allFixedIps"].ArrayValue()[0].StringValue()
	key := recorded.Get(t, "tls:index/privateKey:PrivateKey", "demo-w1-hostkey").Outputs["publicKeyOpenssh"].StringValue()
	for output, want := range map[resource.PropertyKey]string{"address": address, "hostKey": strings.TrimSpace(key)} {
		if got := recorded.Outputs[output].StringValue(); got != want {
			t.Errorf("%s = %q, want %q", output, got, want)
		}
	}
	if volumes := recorded.ByType(volumeType); len(volumes) != 0 {
		t.Errorf("a server without volumes has %d", len(volumes))
	}
}

// Regressions: user data is read at the first boot only, so a new template must
// not replace a machine; and a port is bound to one server at a time, so the
// old server goes first.
func TestReplacement(t *testing.T) {
	args := baseline()
	args.IgnoreChanges = []string{"imageId"}
	server := run(t, args).Get(t, instanceType, "demo-w1-server")
	if want := []string{"userData", "imageId"}; !slices.Equal(server.IgnoreChanges, want) {
		t.Errorf("ignored changes = %v, want %v", server.IgnoreChanges, want)
	}
	if !server.DeleteBeforeReplace {
		t.Error("the new server is created before the old one goes")
	}
	if got := run(t, baseline()).Get(t, instanceType, "demo-w1-server").IgnoreChanges; !slices.Equal(got, []string{"userData"}) {
		t.Errorf("ignored changes = %v by default, want userData alone", got)
	}
}

func TestUserDataFollowsTheOperatingSystem(t *testing.T) {
	for os, start := range map[nodeos.OS]string{"": "#cloud-config\n", nodeos.Ubuntu: "#cloud-config\n", nodeos.Flatcar: "{\n"} {
		args := baseline()
		args.OS = os
		data, _, _ := run(t, args).Get(t, instanceType, "demo-w1-server").Input("userData")
		if !strings.HasPrefix(data.StringValue(), start) {
			t.Errorf("user data of %q does not start with %q", os, start)
		}
	}
}

func TestVolumes(t *testing.T) {
	args := baseline()
	args.Volumes = []VolumeArgs{
		{Name: "containers", Mount: "/var/lib/containerd", SizeGB: 10, Type: "fast"}, {Name: "storage", SizeGB: 20},
		{Name: "etcd", Mount: "/var/lib/etcd", SizeGB: 8},
	}
	recorded := run(t, args)
	volume := recorded.Get(t, volumeType, "demo-w1-containers")
	want := resource.NewPropertyMapFromMap(map[string]any{
		"name": "demo-w1-containers", "size": 10, "volumeType": "fast", "metadata": map[string]any{"slipway-cluster": "demo"},
	})
	if diff := cmp.Diff(want.Mappable(), volume.Inputs.Mappable()); diff != "" {
		t.Errorf("volume (-want +got):\n%s", diff)
	}
	etcd := recorded.Get(t, volumeType, "demo-w1-etcd")
	if v, _, chosen := etcd.Input("volumeType"); chosen {
		t.Errorf("a volume without a type is of type %v", v)
	}
	devices := []any{DevicePath(volume.ID), DevicePath(etcd.ID)}
	if diff := cmp.Diff(any(devices), recorded.Outputs["devices"].Mappable()); diff != "" {
		t.Errorf("devices (-want +got):\n%s", diff)
	}
	storage := recorded.Get(t, volumeType, "demo-w1-storage")
	if diff := cmp.Diff(any([]any{DevicePath(storage.ID)}), recorded.Outputs["disks"].Mappable()); diff != "" {
		t.Errorf("what is mounted nowhere (-want +got):\n%s", diff)
	}
}

// Virtio cuts serial numbers after 20 characters.
func TestDevicePath(t *testing.T) {
	for id, want := range map[string]string{
		"0123abcd-4567-89ef-0123-456789abcdef": "/dev/disk/by-id/virtio-0123abcd-4567-89ef-0",
		"short":                                "/dev/disk/by-id/virtio-short",
	} {
		if got := DevicePath(id); got != want {
			t.Errorf("DevicePath(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestMissingArgsCreateNothing(t *testing.T) {
	for _, args := range []*ServerArgs{nil, baseline()} {
		recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
			_, err := NewServer(ctx, "demo-w1", args)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "args and args.Port are required") || len(recorded.Resources) != 0 {
			t.Errorf("NewServer(%v): %v, %d resources", args, err, len(recorded.Resources))
		}
	}
}
