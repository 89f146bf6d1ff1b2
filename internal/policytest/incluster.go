package policytest

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	storagev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/storage/v1"
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// inCluster adds something to the cluster. Its provider has a kubeconfig that a
// preview does not know, so nobody is asked.
func inCluster(rule string, add func(ctx *pulumi.Context, cluster string, in pulumi.ResourceOption) error) Case {
	return Case{Rule: rule, Stack: "dev", Add: func(ctx *pulumi.Context, cluster string) error {
		key, err := tls.NewPrivateKey(ctx, cluster+"-unknown", &tls.PrivateKeyArgs{Algorithm: pulumi.String("ED25519")})
		if err != nil {
			return err
		}
		provider, err := kubernetes.NewProvider(ctx, cluster+"-beside", &kubernetes.ProviderArgs{
			Kubeconfig: pulumi.ToSecret(key.PublicKeyOpenssh.ToStringPtrOutput()).(pulumi.StringPtrOutput),
		})
		if err != nil {
			return err
		}
		return add(ctx, cluster, pulumi.Provider(provider))
	}}
}

func meta(name string) metav1.ObjectMetaArgs {
	return metav1.ObjectMetaArgs{Name: pulumi.String(name), Namespace: pulumi.String("default")}
}

func configMapWithKey(ctx *pulumi.Context, cluster string, in pulumi.ResourceOption) error {
	_, err := corev1.NewConfigMap(ctx, cluster+"-plain", &corev1.ConfigMapArgs{
		Metadata: meta("plain"), Data: pulumi.StringMap{"tls.key": pulumi.String(plainKey)},
	}, in)
	return err
}

func bindingForEverybody(ctx *pulumi.Context, cluster string, in pulumi.ResourceOption) error {
	_, err := rbacv1.NewClusterRoleBinding(ctx, cluster+"-everybody", &rbacv1.ClusterRoleBindingArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("everybody")},
		RoleRef:  rbacv1.RoleRefArgs{ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("ClusterRole"), Name: pulumi.String("view")},
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{Kind: pulumi.String("Group"), Name: pulumi.String("system:unauthenticated")}},
	}, in)
	return err
}

func twoDefaultClasses(ctx *pulumi.Context, cluster string, in pulumi.ResourceOption) error {
	for _, name := range []string{"one", "two"} {
		_, err := storagev1.NewStorageClass(ctx, cluster+"-"+name, &storagev1.StorageClassArgs{
			Metadata: metav1.ObjectMetaArgs{
				Name:        pulumi.String(name),
				Annotations: pulumi.StringMap{"storageclass.kubernetes.io/is-default-class": pulumi.String("true")},
			},
			Provisioner: pulumi.String("example.org/none"),
		}, in)
		if err != nil {
			return err
		}
	}
	return nil
}

func podOf(image string, hostNetwork bool) func(*pulumi.Context, string, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, cluster string, in pulumi.ResourceOption) error {
		labels := pulumi.StringMap{"app": pulumi.String("pod")}
		spec := &corev1.PodSpecArgs{Containers: corev1.ContainerArray{corev1.ContainerArgs{Name: pulumi.String("web"), Image: pulumi.String(image)}}}
		if hostNetwork {
			spec.HostNetwork = pulumi.Bool(true)
		}
		_, err := appsv1.NewDeployment(ctx, cluster+"-pod", &appsv1.DeploymentArgs{
			Metadata: meta("pod"),
			Spec: appsv1.DeploymentSpecArgs{
				Selector: metav1.LabelSelectorArgs{MatchLabels: labels},
				Template: corev1.PodTemplateSpecArgs{Metadata: metav1.ObjectMetaArgs{Labels: labels}, Spec: spec},
			},
		}, in)
		return err
	}
}

func serviceForEverybody(ctx *pulumi.Context, cluster string, in pulumi.ResourceOption) error {
	_, err := corev1.NewService(ctx, cluster+"-everybody", &corev1.ServiceArgs{
		Metadata: meta("everybody"),
		Spec: corev1.ServiceSpecArgs{
			Type: pulumi.String("LoadBalancer"), Selector: pulumi.StringMap{"app": pulumi.String("web")},
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{Port: pulumi.Int(80)}},
		},
	}, in)
	return err
}
