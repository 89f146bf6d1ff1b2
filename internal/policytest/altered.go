package policytest

import (
	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/compute"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const everybody = pulumi.String("0.0.0.0/0")

// alter changes the resource <cluster>-<role> if its arguments are of type T.
func alter[T pulumi.Input](rule, role string, change func(cluster string, args T)) Case {
	return Case{Rule: rule, Stack: "dev", Alter: func(cluster string, args *pulumi.ResourceTransformationArgs) {
		if props, ok := args.Props.(T); ok && args.Name == cluster+"-"+role {
			change(cluster, props)
		}
	}}
}

// altered are broken by a resource that is not as the program makes it.
func altered() []Case {
	return []Case{
		alter("no-open-control", "controlplane-etcd", func(_ string, a *networking.SecGroupRuleArgs) {
			a.RemoteGroupId, a.RemoteIpPrefix = nil, pulumi.String("192.0.2.0/24")
		}),
		alter("no-open-node-ports", "node-nodeport-tcp", func(_ string, a *networking.SecGroupRuleArgs) {
			a.RemoteGroupId, a.RemoteIpPrefix = nil, everybody
		}),
		alter("no-open-group", "node-icmp", func(_ string, a *networking.SecGroupRuleArgs) {
			a.RemoteGroupId, a.Protocol = nil, nil
		}),
		alter("no-default-rules", "node", func(_ string, a *networking.SecGroupArgs) { a.DeleteDefaultRules = nil }),
		alter("port-security", "default-w1-port", func(_ string, a *networking.PortArgs) { a.PortSecurityEnabled = pulumi.Bool(false) }),
		alter("narrow-address-pairs", "default-w1-port", func(_ string, a *networking.PortArgs) {
			a.AllowedAddressPairs = networking.PortAllowedAddressPairArray{networking.PortAllowedAddressPairArgs{IpAddress: everybody}}
		}),
		alter("marked-for-cluster", "network", func(_ string, a *networking.NetworkArgs) { a.Tags = nil }),
		alter("unique-server-names", "default-w2-server", func(cluster string, a *compute.InstanceArgs) {
			a.Name = pulumi.String(cluster + "-default-w1")
		}),
		alter("plain-user-data", "bastion-server", func(_ string, a *compute.InstanceArgs) {
			a.UserData = pulumi.ToSecret(pulumi.String("#cloud-config\nusers: [{name: root, passwd: secret}]\n")).(pulumi.StringOutput).ToStringPtrOutput()
		}),
		alter("verified-ssh", "cp1-prepare", func(_ string, a *remote.CommandArgs) {
			a.Connection = remote.ConnectionArgs{Host: pulumi.String("192.0.2.1"), User: pulumi.String("debian")}
		}),
		alter("secrets-on-stdin", "cp1-prepare", func(_ string, a *remote.CommandArgs) {
			a.Environment = pulumi.StringMap{"TOKEN": pulumi.ToSecret(pulumi.String("hidden")).(pulumi.StringOutput)}
		}),
		alter("short-lived-certificates", "pki-admin-cert", func(_ string, a *tls.LocallySignedCertArgs) {
			a.ValidityPeriodHours = pulumi.Int(24 * 3650)
		}),
	}
}
