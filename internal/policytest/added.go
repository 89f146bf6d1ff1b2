package policytest

import (
	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// added are broken by one resource more. Names begin with the cluster's.
func added() []Case {
	return []Case{
		{Rule: "odd-control-planes", Stack: "dev", Add: addControlPlane},
		{Rule: "known-host-keys", Stack: "prod", Add: addUnknownMachine},
		{Rule: "no-public-nodes", Stack: "dev", Add: func(ctx *pulumi.Context, cluster string) error {
			_, err := networking.NewFloatingIp(ctx, cluster+"-node-address", &networking.FloatingIpArgs{
				Pool: pulumi.String("external"), Tags: pulumi.StringArray{pulumi.String("slipway-cluster=" + cluster)},
			})
			return err
		}},
		{Rule: "strong-keys", Stack: "dev", Add: func(ctx *pulumi.Context, cluster string) error {
			_, err := tls.NewPrivateKey(ctx, cluster+"-weak-key", &tls.PrivateKeyArgs{Algorithm: pulumi.String("RSA"), RsaBits: pulumi.Int(2048)})
			return err
		}},
		{Rule: "secret-outputs", Stack: "dev", Add: func(ctx *pulumi.Context, _ string) error {
			ctx.Export("key", pulumi.String(plainKey))
			return nil
		}},
		inCluster("marked-secrets", configMapWithKey),
		inCluster("no-anonymous-roles", bindingForEverybody),
		inCluster("one-default-storage-class", twoDefaultClasses),
		inCluster("pinned-images", podOf("nginx", false)),
		inCluster("contained-pods", podOf("nginx:1.29.0", true)),
		inCluster("chosen-clients", serviceForEverybody),
	}
}

// plainKey looks like a key to whoever searches for one.
const plainKey = "-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n"

// component registers a component of a type.
func component(ctx *pulumi.Context, typ, name string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	c := &pulumi.ResourceState{}
	if err := ctx.RegisterComponentResource(typ, name, c, opts...); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// addControlPlane makes a second control plane, as far as rules look.
func addControlPlane(ctx *pulumi.Context, cluster string) error {
	plane, err := component(ctx, "slipway:index:ControlPlane", cluster+"-more")
	if err != nil {
		return err
	}
	node, err := component(ctx, "slipway:index:Node", cluster+"-cp2", pulumi.Parent(plane))
	if err != nil {
		return err
	}
	_, err = remote.NewCommand(ctx, cluster+"-cp2-settings", &remote.CommandArgs{
		Connection: remote.ConnectionArgs{Host: pulumi.String("192.0.2.1"), HostKey: pulumi.String("ssh-ed25519 AAAA")},
	}, pulumi.Parent(node))
	return err
}

// addUnknownMachine meets a machine without knowing its host key.
func addUnknownMachine(ctx *pulumi.Context, cluster string) error {
	machine, err := component(ctx, "slipway:index:ExistingMachine", cluster+"-h1")
	if err != nil {
		return err
	}
	_, err = remote.NewCommand(ctx, cluster+"-h1-host-key-192.0.2.1", &remote.CommandArgs{
		Connection: remote.ConnectionArgs{Host: pulumi.String("192.0.2.1")}, Create: pulumi.String("true"),
	}, pulumi.Parent(machine))
	return err
}
