package externaldns

import (
	"slices"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/identity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/objectmeta"
)

const (
	appName     = "external-dns"
	namespace   = appName // its own
	secretName  = appName + "-clouds"
	releaseName = appName + "-release" // see release-records.sh
)

// install creates the objects and returns those that go last.
func (a *ExternalDNSArgs) install(ctx *pulumi.Context, name string, credential *identity.ApplicationCredential, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	space, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: objectmeta.Named(namespace, pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String("restricted")}),
	}, opts...)
	if err != nil {
		return nil, err
	}
	inside := append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{space}))
	binding, err := a.allow(ctx, name, inside)
	if err != nil {
		return nil, err
	}
	files, digest := a.Login.CloudsFiles(credential)
	secret, err := corev1.NewSecret(ctx, name+"-clouds", &corev1.SecretArgs{Metadata: named(secretName), StringData: files}, inside...)
	if err != nil {
		return nil, err
	}
	// The login is read once: a change has to restart the pod.
	template := func(app string, pod corev1.PodSpecArgs) corev1.PodTemplateSpecArgs {
		return corev1.PodTemplateSpecArgs{
			Metadata: metav1.ObjectMetaArgs{Labels: labels(app), Annotations: pulumi.StringMap{"slipway/config-sha256": digest}}, Spec: pod,
		}
	}
	ready := append(slices.Clone(opts), pulumi.DependsOn(append(slices.Clone(a.After), binding, secret)))
	deployment, err := appsv1.NewDeployment(ctx, name+"-deployment", &appsv1.DeploymentArgs{
		Metadata: named(appName),
		Spec: appsv1.DeploymentSpecArgs{
			// It elects no leader: two would write at once.
			Replicas: pulumi.Int(1), Strategy: appsv1.DeploymentStrategyArgs{Type: pulumi.String("Recreate")},
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels(appName)},
			Template: template(appName, podSpec(a.flags(), a.zoneFlags())),
		},
	}, ready...)
	if err != nil {
		return nil, err
	}
	if a.KeepRecords {
		return []pulumi.Resource{deployment}, nil
	}
	release, err := a.newRelease(ctx, name, template(releaseName, once(podSpec(a.releaseFlags(), nil))), ready)
	return []pulumi.Resource{deployment, release}, err
}

// newRelease creates what takes all records of the cluster away when it is started by
// hand: nothing but a CronJob is a Job that does not run yet.
func (a *ExternalDNSArgs) newRelease(ctx *pulumi.Context, name string, template corev1.PodTemplateSpecArgs, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	return batchv1.NewCronJob(ctx, name+"-release", &batchv1.CronJobArgs{
		Metadata: named(releaseName),
		Spec: batchv1.CronJobSpecArgs{
			Suspend: pulumi.Bool(true), Schedule: pulumi.String("@yearly"), // never, as it is suspended
			JobTemplate: batchv1.JobTemplateSpecArgs{Spec: batchv1.JobSpecArgs{
				// Once: an address whose note went before it failed would be nobody's then.
				BackoffLimit: pulumi.Int(0), Template: template,
			}},
		},
	}, opts...)
}

// allow lets it look at what has names and addresses.
func (a *ExternalDNSArgs) allow(ctx *pulumi.Context, name string, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	account, err := corev1.NewServiceAccount(ctx, name+"-account", &corev1.ServiceAccountArgs{Metadata: objectmeta.NotAwaited(named(appName))}, opts...)
	if err != nil {
		return nil, err
	}
	role, err := rbacv1.NewClusterRole(ctx, name+"-role", &rbacv1.ClusterRoleArgs{Metadata: objectmeta.Named(appName, labels(appName)), Rules: a.rules()}, opts...)
	if err != nil {
		return nil, err
	}
	return rbacv1.NewClusterRoleBinding(ctx, name+"-binding", &rbacv1.ClusterRoleBindingArgs{
		Metadata: objectmeta.Named(appName, labels(appName)),
		RoleRef: rbacv1.RoleRefArgs{
			ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("ClusterRole"), Name: pulumi.String(appName),
		},
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{
			Kind: pulumi.String("ServiceAccount"), Name: pulumi.String(appName), Namespace: pulumi.String(namespace),
		}},
	}, append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{account, role}))...)
}

// rules are what upstream's chart gives for the same sources:
// https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/charts/external-dns/templates/clusterrole.yaml
func (a *ExternalDNSArgs) rules() rbacv1.PolicyRuleArray {
	look := func(group string, resources ...string) rbacv1.PolicyRuleInput {
		return rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray([]string{group}), Resources: pulumi.ToStringArray(resources),
			Verbs: pulumi.ToStringArray([]string{"get", "list", "watch"}),
		}
	}
	rules := rbacv1.PolicyRuleArray{
		look("", "nodes", "pods", "services"), look("discovery.k8s.io", "endpointslices"), look("networking.k8s.io", "ingresses"),
	}
	if a.Gateways {
		rules = append(rules, look("", "namespaces"), look("gateway.networking.k8s.io", "gateways", "httproutes"))
	}
	return rules
}

func named(name string) metav1.ObjectMetaArgs {
	return objectmeta.In(pulumi.String(namespace), name, labels(name))
}

func labels(app string) pulumi.StringMap { return pulumi.StringMap{"app": pulumi.String(app)} }
