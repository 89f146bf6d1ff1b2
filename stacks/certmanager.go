package stacks

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/components/certmanager"
	"slipway/components/controlplane"
	"slipway/components/ingress"
	"slipway/internal/config"
)

// deployCertManager has certificates issued. It watches Gateways if there are any,
// so the ingress has to be there, and goes later.
func deployCertManager(ctx *pulumi.Context, cfg *config.Config, on *ground, provider pulumi.ProviderResource, plane *controlplane.ControlPlane, after []pulumi.Resource) error {
	args := certManagerArgs(cfg, on.cloud)
	args.Sources, args.After = on.sources.certs, after
	args.ControlPlane, args.DeletedWith = plane.Login(), plane.DeletedWith()
	m, err := certmanager.NewCertManager(ctx, cfg.Cluster.Name+"-cert-manager", args, pulumi.Provider(provider))
	if err == nil {
		ctx.Export("issuerAuthorities", m.Authorities)
	}
	return err
}

func certManagerArgs(cfg *config.Config, in *cloud) *certmanager.CertManagerArgs {
	args := &certmanager.CertManagerArgs{
		Kubernetes: cfg.Kubernetes.Version, Replicas: cfg.CertManager.Replicas, Issuers: map[string]certmanager.Issuer{},
	}
	for name, i := range cfg.CertManager.Issuers {
		issuer := certmanager.Issuer{}
		if i.Type == config.IssuerACME {
			issuer.ACME = &certmanager.ACME{Server: i.ACME.Server, Email: i.ACME.Email, CABundle: i.ACME.CABundle, DNS01: i.ACME.Challenge == config.ChallengeDNS01}
		}
		args.Issuers[name] = issuer
	}
	if cfg.CertManager.UsesDNS01() {
		args.DNS01 = dns01Args(cfg, in)
	}
	if !cfg.Ingress.Enabled {
		return args
	}
	args.Gateway = &certmanager.Gateway{Namespace: ingress.Namespace, Name: ingress.GatewayName}
	for _, host := range slices.Sorted(maps.Keys(cfg.Ingress.TLS)) {
		args.Certificates = append(args.Certificates, certmanager.Certificate{
			Name: certificateName(host), Namespace: ingress.Namespace, Host: host, Issuer: cfg.Ingress.TLS[host].Issuer,
		})
	}
	return args
}

func dns01Args(cfg *config.Config, in *cloud) *certmanager.DNS01 {
	d := &certmanager.DNS01{
		Cluster: cfg.Cluster.Name, Login: login(cfg, in, config.MemberRoles(in.facts.Roles), cfg.CertManager.DNS01.CredentialGeneration),
	}
	for _, address := range cfg.CertManager.DNS01.Nameservers {
		d.Nameservers = append(d.Nameservers, address.String())
	}
	return d
}

// certificateName is that of a host's Certificate, of its Secret, and of the
// listener that uses it.
func certificateName(host string) string {
	if rest, any := strings.CutPrefix(host, "*."); any {
		return "wildcard-" + rest
	}
	return "tls-" + host
}
