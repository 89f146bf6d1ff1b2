package certmanager

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/charts"
	"slipway/internal/objectmeta"
)

const (
	rbacGroup = "rbac.authorization.k8s.io"
	// waitFor has the provider wait for a condition of an object that it knows nothing of.
	waitFor = "pulumi.com/waitFor"
)

// webhookCertificate is the one that the webhook shows the API server: it vouches for
// itself, and cert-manager renews it and tells the API server.
func webhookCertificate() []charts.Object {
	object := func(kind string, annotations, spec map[string]any) charts.Object {
		return charts.Object{"apiVersion": apiVersion, "kind": kind,
			"metadata": map[string]any{"name": webhookName, "namespace": namespace, "annotations": annotations}, "spec": spec}
	}
	return []charts.Object{
		object("Issuer", map[string]any{waitFor: "condition=Ready"}, map[string]any{"selfSigned": map[string]any{}}),
		object("Certificate", map[string]any{waitFor: "condition=Ready"}, map[string]any{
			"secretName": webhookTLS, "dnsNames": []any{webhookName + "." + namespace + ".svc"},
			"issuerRef":  map[string]any{"group": "cert-manager.io", "kind": "Issuer", "name": webhookName},
			"privateKey": map[string]any{"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
		}),
	}
}

// webhookAPI has the API server pass challenges on to the webhook.
func webhookAPI() charts.Object {
	const version = "v1alpha1"
	return charts.Object{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
		"metadata": map[string]any{"name": version + "." + solverGroup, "annotations": map[string]any{
			"cert-manager.io/inject-ca-from": namespace + "/" + webhookName, waitFor: "condition=Available",
		}},
		"spec": map[string]any{
			"group": solverGroup, "version": version, "groupPriorityMinimum": 1000, "versionPriority": 15,
			"service": map[string]any{"namespace": namespace, "name": webhookName},
		},
	}
}

// allowWebhook lets it ask the API server who asks it, and cert-manager ask it.
func allowWebhook(ctx *pulumi.Context, name string, opts []pulumi.ResourceOption) ([]pulumi.Resource, error) {
	account, err := corev1.NewServiceAccount(ctx, name+"-webhook-account", &corev1.ServiceAccountArgs{
		Metadata: objectmeta.NotAwaited(webhookMeta(webhookName)),
	}, opts...)
	if err != nil {
		return nil, err
	}
	delegator, err := rbacv1.NewClusterRoleBinding(ctx, name+"-webhook-delegator", &rbacv1.ClusterRoleBindingArgs{
		Metadata: objectmeta.Named(namespace+":"+webhookName+":auth-delegator", webhookLabels()),
		RoleRef:  roleRef("ClusterRole", "system:auth-delegator"), Subjects: subjects(webhookName),
	}, opts...)
	if err != nil {
		return nil, err
	}
	reader, err := rbacv1.NewRoleBinding(ctx, name+"-webhook-reader", &rbacv1.RoleBindingArgs{
		Metadata: objectmeta.In(pulumi.String("kube-system"), namespace+":"+webhookName+":authentication-reader", webhookLabels()),
		RoleRef:  roleRef("Role", "extension-apiserver-authentication-reader"), Subjects: subjects(webhookName),
	}, opts...)
	if err != nil {
		return nil, err
	}
	solves := namespace + ":" + webhookName + ":solver"
	role, err := rbacv1.NewClusterRole(ctx, name+"-webhook-solver", &rbacv1.ClusterRoleArgs{
		Metadata: objectmeta.Named(solves, webhookLabels()),
		Rules: rbacv1.PolicyRuleArray{rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray([]string{solverGroup}), Resources: pulumi.ToStringArray([]string{solverName}), Verbs: pulumi.ToStringArray([]string{"create"}),
		}},
	}, opts...)
	if err != nil {
		return nil, err
	}
	solver, err := rbacv1.NewClusterRoleBinding(ctx, name+"-webhook-solver", &rbacv1.ClusterRoleBindingArgs{
		Metadata: objectmeta.Named(solves, webhookLabels()),
		RoleRef:  roleRef("ClusterRole", solves), Subjects: subjects("cert-manager"), // the controller's account
	}, opts...)
	return []pulumi.Resource{account, delegator, reader, role, solver}, err
}

func roleRef(kind, name string) rbacv1.RoleRefArgs {
	return rbacv1.RoleRefArgs{ApiGroup: pulumi.String(rbacGroup), Kind: pulumi.String(kind), Name: pulumi.String(name)}
}

func subjects(account string) rbacv1.SubjectArray {
	return rbacv1.SubjectArray{rbacv1.SubjectArgs{
		Kind: pulumi.String("ServiceAccount"), Name: pulumi.String(account), Namespace: pulumi.String(namespace),
	}}
}
