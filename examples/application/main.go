// Application is a stack of another project that runs in a cluster: it takes the
// kubeconfig from the cluster's stack. Copy it to a project of its own, and say
// which stack that is:
//
//	pulumi config set cluster organization/slipway/prod
package main

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// outputsVersion is the version of the cluster's outputs that this program reads.
const outputsVersion = 1.0

func main() { pulumi.Run(deploy) }

func deploy(ctx *pulumi.Context) error {
	name := config.Require(ctx, "cluster")
	cluster, err := pulumi.NewStackReference(ctx, name, nil)
	if err != nil {
		return fmt.Errorf("referring to stack %q: %w", name, err)
	}
	version, err := cluster.GetOutputDetails("version")
	if err != nil {
		return fmt.Errorf("reading the outputs of stack %q: %w", name, err)
	}
	if version.Value != outputsVersion {
		return fmt.Errorf("the stack %s has outputs of version %v, but this program reads version %v: pulumi up --stack %s updates them", name, version.Value, outputsVersion, name)
	}
	provider, err := kubernetes.NewProvider(ctx, "cluster", &kubernetes.ProviderArgs{
		Kubeconfig: cluster.GetStringOutput(pulumi.String("kubeconfig")), // stays secret
	})
	if err != nil {
		return fmt.Errorf("connecting to the cluster: %w", err)
	}
	_, err = corev1.NewNamespace(ctx, "application", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("application")},
	}, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("creating the namespace: %w", err)
	}
	ctx.Export("apiEndpoint", cluster.GetOutput(pulumi.String("apiEndpoint")))
	return nil
}
