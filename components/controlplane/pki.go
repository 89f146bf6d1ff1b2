package controlplane

import (
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/node"
	"slipway/internal/pki"
)

const pkiType = "slipway:index:PKI"

// keys are the authorities and keys of one cluster. All of them exist before
// the first machine boots, so nothing has to be fetched from a node later.
type keys struct {
	pulumi.ResourceState

	cluster, etcd, frontProxy *authority
	serviceAccount, seed      *tls.PrivateKey
	admin                     *pair
}

// newKeys creates everything kubeadm would otherwise invent on the first node.
func newKeys(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*keys, error) {
	k := &keys{}
	if err := ctx.RegisterComponentResource(pkiType, name, k, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(k)
	var err error
	if k.cluster, err = newAuthority(ctx, name+"-ca", "kubernetes", parent); err != nil {
		return nil, err
	}
	if k.etcd, err = newAuthority(ctx, name+"-etcd-ca", "etcd-ca", parent); err != nil {
		return nil, err
	}
	if k.frontProxy, err = newAuthority(ctx, name+"-front-proxy-ca", "front-proxy-ca", parent); err != nil {
		return nil, err
	}
	if k.serviceAccount, err = newKey(ctx, name+"-service-account", parent); err != nil {
		return nil, err
	}
	// kubeadm binds this group to cluster-admin by RBAC, so unlike
	// system:masters it can be revoked.
	if k.admin, err = k.cluster.newClient(ctx, name+"-admin", "kubernetes-admin", "kubeadm:cluster-admins", parent); err != nil {
		return nil, err
	}
	// Everything random that is no key pair is derived from this one.
	if k.seed, err = newKey(ctx, name+"-seed", parent); err != nil {
		return nil, err
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{})
}

// membership is what control planes need to know: everything.
func (k *keys) membership(args *ControlPlaneArgs) node.MembershipOutput {
	return node.NewMembership(pulumi.All(
		args.Endpoint.Internal, args.Endpoint.External,
		k.cluster.cert.CertPem, k.cluster.key.PrivateKeyPem,
		k.etcd.cert.CertPem, k.etcd.key.PrivateKeyPem,
		k.frontProxy.cert.CertPem, k.frontProxy.key.PrivateKeyPem,
		k.serviceAccount.PrivateKeyPem, k.serviceAccount.PublicKeyPem,
		k.seed.PrivateKeyPem,
		args.Machines.Addresses(), args.Etcd.Addresses(),
	).ApplyT(func(v []any) (node.Membership, error) {
		text := func(i int) string { return v[i].(string) }
		token, err := pki.BootstrapToken(text(10))
		if err != nil {
			return node.Membership{}, err
		}
		encryption, err := pki.Encryption(text(10), args.EncryptionGeneration)
		if err != nil {
			return node.Membership{}, err
		}
		return node.Membership{
			Internal: text(0), External: text(1), Port: args.Endpoint.Port, CACert: text(2), Token: token,
			ControlPlanes: v[11].(map[string]string), Etcd: v[12].(map[string]string),
			Keys: &bootstrap.Keys{
				CAKey:      text(3),
				EtcdCACert: text(4), EtcdCAKey: text(5),
				FrontProxyCACert: text(6), FrontProxyCAKey: text(7),
				ServiceAccountKey: text(8), ServiceAccountPub: text(9),
				BootstrapToken: token,
				Encryption:     encryption,
			},
		}, nil
	}))
}

// kubeconfig is the administrator's, for the given API server URL.
func (k *keys) kubeconfig(cluster string, server pulumi.StringInput) pulumi.StringOutput {
	config := pulumi.All(server, k.cluster.cert.CertPem, k.admin.cert.CertPem, k.admin.key.PrivateKeyPem).ApplyT(
		func(v []any) (string, error) {
			return pki.Kubeconfig(cluster, v[0].(string), v[1].(string), v[2].(string), v[3].(string))
		}).(pulumi.StringOutput)
	return pulumi.ToSecret(config).(pulumi.StringOutput)
}
