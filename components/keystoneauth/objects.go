package keystoneauth

import (
	"maps"
	"slices"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/objectmeta"
)

const rbacGroup = "rbac.authorization.k8s.io"

// bind gives each role in the projects its ClusterRole.
func (a *KeystoneAuthArgs) bind(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
	for _, role := range slices.Sorted(maps.Keys(a.Roles)) {
		_, err := rbacv1.NewClusterRoleBinding(ctx, name+"-role-"+role, &rbacv1.ClusterRoleBindingArgs{
			Metadata: objectmeta.Named(rolePrefix+role, labels()),
			RoleRef:  rbacv1.RoleRefArgs{ApiGroup: pulumi.String(rbacGroup), Kind: pulumi.String("ClusterRole"), Name: pulumi.String(a.Roles[role])},
			Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{
				ApiGroup: pulumi.String(rbacGroup), Kind: pulumi.String("Group"), Name: pulumi.String(rolePrefix + role),
			}},
			// A binding's role cannot be changed, and two of one name cannot be there.
		}, append(opts, pulumi.DeleteBeforeReplace(true))...)
		if err != nil {
			return err
		}
	}
	return nil
}

// install creates the server with its files, one on each control plane.
func (a *KeystoneAuthArgs) install(ctx *pulumi.Context, name string, files map[string]string, opts ...pulumi.ResourceOption) error {
	config, err := corev1.NewConfigMap(ctx, name+"-config", &corev1.ConfigMapArgs{Metadata: inNamespace(appName), Data: pulumi.ToStringMap(files)}, opts...)
	if err != nil {
		return err
	}
	secret, err := corev1.NewSecret(ctx, name+"-certificate", &corev1.SecretArgs{
		Metadata:   inNamespace(secretName),
		Type:       pulumi.String("kubernetes.io/tls"),
		StringData: pulumi.StringMap{certFile: a.Certificate, keyFile: a.Key},
	}, opts...)
	if err != nil {
		return err
	}
	_, err = appsv1.NewDaemonSet(ctx, name+"-daemon", &appsv1.DaemonSetArgs{
		Metadata: inNamespace(appName),
		Spec: appsv1.DaemonSetSpecArgs{
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels()},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{
					Labels:      labels(),
					Annotations: pulumi.ToStringMap(map[string]string{"slipway/config-sha256": digest(files)}),
				},
				Spec: podSpec(config.Metadata.Name().Elem(), secret.Metadata.Name().Elem()),
			},
		},
	}, opts...)
	return err
}

func inNamespace(name string) metav1.ObjectMetaArgs {
	return objectmeta.In(pulumi.String(namespace), name, labels())
}

func labels() pulumi.StringMap { return pulumi.StringMap{"app": pulumi.String(appName)} }
