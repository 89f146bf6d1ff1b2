package certmanager

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/identity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/charts"
	"slipway/internal/cloudlogin"
	"slipway/internal/objectmeta"
	"slipway/internal/release"
)

// DNS01 has records of challenges written into the cloud's DNS.
type DNS01 struct {
	// Cluster is in the description of the credential. Required.
	Cluster string
	// Login is how it logs in to the cloud. Required.
	Login cloudlogin.Login
	// Nameservers are asked, and nobody else, whether a record is there. Optional:
	// those of the zone are.
	Nameservers []string
}

func (d *DNS01) validate() error {
	if d == nil {
		return nil
	}
	var missing error
	if d.Cluster == "" {
		missing = errors.New("DNS01.Cluster is required")
	}
	return errors.Join(missing, d.Login.Validate())
}

// nameservers are those that are asked, each with its port.
func (d *DNS01) nameservers() string {
	var all []string
	for _, address := range d.Nameservers {
		all = append(all, net.JoinHostPort(address, "53"))
	}
	return strings.Join(all, ",")
}

// The webhook's names. Upstream's program has the group and the solver in it.
const (
	webhookName  = "designate-webhook"
	webhookTLS   = webhookName + "-tls"
	webhookLogin = webhookName + "-login"
	solverGroup  = "acme.syseleven.de"
	solverName   = "designatedns"
)

// newWebhook creates what writes the records, and returns what is there once the API
// server passes challenges on to it.
func (m *CertManager) newWebhook(ctx *pulumi.Context, name string, args *CertManagerArgs, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	credential, err := args.DNS01.Login.NewCredential(ctx, name, "DNS-01 of the cluster "+args.DNS01.Cluster, pulumi.Parent(m))
	if err != nil {
		return nil, fmt.Errorf("creating the credential: %w", err)
	}
	allowed, err := allowWebhook(ctx, name, opts)
	if err != nil {
		return nil, err
	}
	certificate, err := release.Install(ctx, name, release.Args{Objects: webhookCertificate(), Namespace: namespace}, opts...)
	if err != nil {
		return nil, err
	}
	ready := append(slices.Clone(opts), pulumi.DependsOn(slices.Concat(allowed, certificate)))
	deployment, err := args.runWebhook(ctx, name, credential, ready)
	if err != nil {
		return nil, err
	}
	service, err := corev1.NewService(ctx, name+"-webhook-service", &corev1.ServiceArgs{
		Metadata: webhookMeta(webhookName),
		Spec: corev1.ServiceSpecArgs{Selector: webhookLabels(), Ports: corev1.ServicePortArray{
			corev1.ServicePortArgs{Port: pulumi.Int(443), TargetPort: pulumi.Int(webhookPort)},
		}},
	}, append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{deployment}))...)
	if err != nil {
		return nil, err
	}
	// It goes before its pods do: without them the API server could not even list
	// what is in a namespace that is to be deleted.
	passed, err := release.Install(ctx, name, release.Args{Objects: []charts.Object{webhookAPI()}, Namespace: namespace},
		append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{service}))...)
	if err != nil {
		return nil, err
	}
	return passed[0], nil
}

// runWebhook creates its pods, and the Secrets that they log in with.
func (a *CertManagerArgs) runWebhook(ctx *pulumi.Context, name string, credential *identity.ApplicationCredential, opts []pulumi.ResourceOption) (*appsv1.Deployment, error) {
	variables, files, digest := a.DNS01.Login.Environment(credential)
	login, err := corev1.NewSecret(ctx, name+"-webhook-login", &corev1.SecretArgs{Metadata: webhookMeta(webhookLogin), StringData: variables}, opts...)
	if err != nil {
		return nil, err
	}
	needs := []pulumi.Resource{login}
	if len(files) > 0 {
		authority, err := corev1.NewConfigMap(ctx, name+"-webhook-authority", &corev1.ConfigMapArgs{Metadata: webhookMeta(webhookName), Data: files}, opts...)
		if err != nil {
			return nil, err
		}
		needs = append(needs, authority)
	}
	// The login is read once: a change has to restart the pods.
	template := metav1.ObjectMetaArgs{Labels: webhookLabels(), Annotations: pulumi.StringMap{"slipway/config-sha256": digest}}
	return appsv1.NewDeployment(ctx, name+"-webhook-deployment", &appsv1.DeploymentArgs{
		Metadata: webhookMeta(webhookName),
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(a.Replicas), Selector: metav1.LabelSelectorArgs{MatchLabels: webhookLabels()},
			Template: corev1.PodTemplateSpecArgs{Metadata: template, Spec: webhookPod(len(files) > 0)},
		},
	}, append(slices.Clone(opts), pulumi.DependsOn(needs))...)
}

func webhookMeta(name string) metav1.ObjectMetaArgs {
	return objectmeta.In(pulumi.String(namespace), name, webhookLabels())
}

func webhookLabels() pulumi.StringMap { return pulumi.StringMap{"app": pulumi.String(webhookName)} }
