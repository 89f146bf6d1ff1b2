package cloudcontroller

import (
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/identity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/objectmeta"
)

// permissions are what the controller may do with the API, as upstream's
// manifest has them:
// https://github.com/kubernetes/cloud-provider-openstack/blob/v1.36.0/manifests/controller-manager/cloud-controller-manager-roles.yaml
var permissions = []struct {
	group, resource string
	verbs           []string
}{
	{"coordination.k8s.io", "leases", []string{"get", "create", "update"}},
	{"", "events", []string{"create", "patch", "update"}},
	{"", "nodes", []string{"*"}},
	{"", "nodes/status", []string{"patch"}},
	{"", "services", []string{"list", "patch", "update", "watch"}},
	{"", "services/status", []string{"patch"}},
	{"", "serviceaccounts", []string{"create", "get"}},
	{"", "serviceaccounts/token", []string{"create"}},
	{"", "persistentvolumes", []string{"*"}},
	{"", "endpoints", []string{"create", "get", "list", "watch", "update"}},
	{"", "configmaps", []string{"get", "list", "watch"}},
	{"", "secrets", []string{"list", "get", "watch"}},
}

// install creates the controller's objects and returns its daemon.
func (a *CloudControllerArgs) install(ctx *pulumi.Context, name string, credential *identity.ApplicationCredential, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	account, err := corev1.NewServiceAccount(ctx, name+"-account", &corev1.ServiceAccountArgs{Metadata: objectmeta.NotAwaited(inNamespace(accountName))}, opts...)
	if err != nil {
		return nil, err
	}
	role, err := rbacv1.NewClusterRole(ctx, name+"-role", &rbacv1.ClusterRoleArgs{Metadata: objectmeta.Named(roleName, labels()), Rules: rules()}, opts...)
	if err != nil {
		return nil, err
	}
	binding, err := rbacv1.NewClusterRoleBinding(ctx, name+"-binding", &rbacv1.ClusterRoleBindingArgs{
		Metadata: objectmeta.Named(roleName, labels()),
		RoleRef: rbacv1.RoleRefArgs{
			ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("ClusterRole"), Name: role.Metadata.Name().Elem(),
		},
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{
			Kind: pulumi.String("ServiceAccount"), Name: account.Metadata.Name().Elem(), Namespace: pulumi.String(namespace),
		}},
	}, opts...)
	if err != nil {
		return nil, err
	}
	files, digest := a.Login.Files(credential, a.sections())
	secret, err := corev1.NewSecret(ctx, name+"-config", &corev1.SecretArgs{Metadata: inNamespace(secretName), StringData: files}, opts...)
	if err != nil {
		return nil, err
	}
	// Without its rights the controller would do nothing but complain.
	return appsv1.NewDaemonSet(ctx, name+"-daemon", &appsv1.DaemonSetArgs{
		Metadata: inNamespace(appName),
		Spec: appsv1.DaemonSetSpecArgs{
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels()},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{
					Labels: labels(),
					// The controller reads its configuration once: a change has to restart it.
					Annotations: pulumi.StringMap{"slipway/config-sha256": digest},
				},
				Spec: podSpec(a.flags(), secret.Metadata.Name().Elem()),
			},
		},
	}, append(opts, pulumi.DependsOn([]pulumi.Resource{binding}))...)
}

func rules() rbacv1.PolicyRuleArray {
	var all rbacv1.PolicyRuleArray
	for _, p := range permissions {
		all = append(all, rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray([]string{p.group}), Resources: pulumi.ToStringArray([]string{p.resource}), Verbs: pulumi.ToStringArray(p.verbs),
		})
	}
	return all
}

func inNamespace(name string) metav1.ObjectMetaArgs {
	return objectmeta.In(pulumi.String(namespace), name, labels())
}

func labels() pulumi.StringMap { return pulumi.StringMap{"k8s-app": pulumi.String(appName)} }
