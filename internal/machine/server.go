package machine

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/blockstorage"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/compute"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/nodeos"
)

// serverType is the type token of Server.
const serverType = "slipway:index:Server"

// ServerArgs describes one machine in OpenStack.
type ServerArgs struct {
	// HostName is the machine's own name, which is also its Node's. Required.
	HostName string
	// Flavor and ImageID are looked up before. Required.
	Flavor  Flavor
	ImageID string
	// OS is the operating system in the image. Optional: Debian.
	OS nodeos.OS
	// Zone is the availability zone. Optional: Nova picks.
	Zone string
	// ServerGroupID spreads machines over compute hosts. Optional.
	ServerGroupID pulumi.StringInput
	// KeyPair is the name of the Nova keypair for the login user. Required.
	KeyPair pulumi.StringInput
	// Port is the machine's own port. Required.
	Port *networking.Port
	// SSH is how to log in. Required.
	SSH SSH
	// Volumes are attached to the machine. Optional.
	Volumes []VolumeArgs
	// Metadata and Tags are set on the server and its volume. Optional.
	Metadata map[string]string
	Tags     []string
	// IgnoreChanges names server properties whose change must not replace it. Optional.
	IgnoreChanges []string
}

// Flavor is a size of machines in the cloud.
type Flavor struct {
	// ID and Name are both passed on: with one alone the provider warns at each
	// creation that the other did not change.
	ID, Name string
}

// VolumeArgs describes a Cinder volume.
type VolumeArgs struct {
	// Name is its part of names, e.g. containers. Required.
	Name string
	// Mount is where the machine mounts it. Optional: it stays as it is.
	Mount string
	// SizeGB in GiB. Required.
	SizeGB int
	// Type of the volume. Optional: the cloud's default.
	Type string
	// Protect keeps the volume from being deleted. Optional.
	Protect bool
}

// Server is one machine in OpenStack.
type Server struct {
	pulumi.ResourceState
	Machine
}

// NewServer boots one machine whose SSH host key is known before it boots.
func NewServer(ctx *pulumi.Context, name string, args *ServerArgs, opts ...pulumi.ResourceOption) (*Server, error) {
	if args == nil || args.Port == nil {
		return nil, errors.New("args and args.Port are required")
	}
	s := &Server{}
	if err := ctx.RegisterComponentResource(serverType, name, s, opts...); err != nil {
		return nil, err
	}
	s.HostName, s.Address = args.HostName, Address(args.Port)
	parent := pulumi.Parent(s)
	hostKey, err := tls.NewPrivateKey(ctx, name+"-hostkey", &tls.PrivateKeyArgs{Algorithm: pulumi.String("ED25519")}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the SSH host key of %s: %w", name, err)
	}
	s.HostKey = trim(hostKey.PublicKeyOpenssh)
	instance, err := newInstance(ctx, name, args, userData(args, hostKey), parent)
	if err != nil {
		return nil, fmt.Errorf("creating server %s: %w", name, err)
	}
	s.Root = instance
	for _, volume := range args.Volumes {
		device, err := attachVolume(ctx, name, volume, args, instance, parent)
		if err != nil {
			return nil, fmt.Errorf("creating volume %s of %s: %w", volume.Name, name, err)
		}
		if volume.Mount == "" {
			s.Disks = append(s.Disks, device)
		} else {
			s.Devices = append(s.Devices, device)
		}
	}
	s.Login = args.SSH.Connect(s.Address, s.HostKey)
	return s, ctx.RegisterResourceOutputs(s, s.outputs())
}

func newInstance(ctx *pulumi.Context, name string, args *ServerArgs, data pulumi.StringOutput, parent pulumi.ResourceOption) (*compute.Instance, error) {
	instance := &compute.InstanceArgs{
		Name:       pulumi.String(args.HostName),
		FlavorId:   pulumi.String(args.Flavor.ID),
		FlavorName: pulumi.String(args.Flavor.Name),
		ImageId:    pulumi.String(args.ImageID),
		KeyPair:    args.KeyPair.ToStringOutput().ToStringPtrOutput(),
		UserData:   data.ToStringPtrOutput(),
		Networks:   compute.InstanceNetworkArray{compute.InstanceNetworkArgs{Port: args.Port.ID()}},
		Metadata:   pulumi.ToMap(anyMap(args.Metadata)),
		Tags:       pulumi.ToStringArray(args.Tags),
	}
	if args.Zone != "" {
		instance.AvailabilityZone = pulumi.String(args.Zone)
	}
	if args.ServerGroupID != nil {
		instance.SchedulerHints = compute.InstanceSchedulerHintArray{
			compute.InstanceSchedulerHintArgs{Group: args.ServerGroupID.ToStringOutput().ToStringPtrOutput()},
		}
	}
	// A changed user-data template must never replace a running machine: it is read at the first boot only.
	ignored := append([]string{"userData"}, args.IgnoreChanges...)
	// The port is bound to one server at a time, so the old one goes first.
	return compute.NewInstance(ctx, name+"-server", instance, parent,
		pulumi.IgnoreChanges(ignored), pulumi.DeleteBeforeReplace(true))
}

// attachVolume returns the path under which the machine sees the volume: the
// serial number that virtio shows is the first 20 characters of the volume's id.
func attachVolume(ctx *pulumi.Context, name string, args VolumeArgs, of *ServerArgs, server *compute.Instance, parent pulumi.ResourceOption) (pulumi.StringOutput, error) {
	volume := &blockstorage.VolumeArgs{
		Name:     pulumi.String(of.HostName + "-" + args.Name),
		Size:     pulumi.Int(args.SizeGB),
		Metadata: pulumi.ToMap(anyMap(of.Metadata)),
	}
	if args.Type != "" {
		volume.VolumeType = pulumi.String(args.Type)
	}
	v, err := blockstorage.NewVolume(ctx, name+"-"+args.Name, volume, parent, pulumi.Protect(args.Protect))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	attached, err := compute.NewVolumeAttach(ctx, name+"-"+args.Name, &compute.VolumeAttachArgs{
		InstanceId: server.ID(),
		VolumeId:   v.ID(),
	}, parent)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return attached.VolumeId.ApplyT(DevicePath).(pulumi.StringOutput), nil
}

// DevicePath returns where a machine finds the volume with this id.
func DevicePath(volumeID string) string {
	const serialLength = 20
	return "/dev/disk/by-id/virtio-" + volumeID[:min(serialLength, len(volumeID))]
}

// userData renders what the machine is told at its first boot. It carries one
// secret, the SSH host key: without it the first connection could not be verified.
func userData(args *ServerArgs, key *tls.PrivateKey) pulumi.StringOutput {
	data := pulumi.All(key.PrivateKeyOpenssh, key.PublicKeyOpenssh).ApplyT(func(keys []any) (string, error) {
		return nodeos.UserData(cmp.Or(args.OS, nodeos.Debian), nodeos.Host{
			HostName:       args.HostName,
			HostPrivateKey: keys[0].(string),
			HostPublicKey:  keys[1].(string),
		})
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(data).(pulumi.StringOutput)
}

func anyMap(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
