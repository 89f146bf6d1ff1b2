package calico

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/objectmeta"
)

// The names that upstream's programs expect.
const (
	nodeName       = "calico-node"
	pluginName     = "calico-cni-plugin" // the daemon makes tokens for it, for the node's plugin
	controllerName = "calico-kube-controllers"
)

// rule is what somebody may do with resources of a group of the API.
type rule struct {
	group     string
	resources []string
	verbs     []string
	names     []string // of the only objects; optional
}

var (
	look   = []string{"get", "list", "watch"}
	write  = []string{"create", "update"}
	change = []string{"get", "list", "watch", "create", "update", "delete"}
)

// rules are what the programs of this release ask for, less than upstream's manifest:
// https://github.com/projectcalico/calico/blob/v3.32.1/manifests/calico-vxlan.yaml
// The daemon gets ready only when each of what it watches is there or "not found", which
// who may not look is never told: so it may look at kinds that no cluster of ours has.
var rules = map[string][]rule{
	nodeName: {
		{"", []string{"serviceaccounts/token"}, []string{"create"}, []string{pluginName}},
		{"", []string{"endpoints", "namespaces", "nodes", "pods", "serviceaccounts", "services"}, look, nil},
		{"", []string{"configmaps"}, []string{"get"}, []string{"kubeadm-config", "full-cluster-state"}}, // who made the cluster
		{"", []string{"nodes/status"}, []string{"patch", "update"}, nil},
		{"", []string{"pods/status"}, []string{"patch"}, nil},
		{"discovery.k8s.io", []string{"endpointslices"}, look, nil},
		{"networking.k8s.io", []string{"networkpolicies"}, look, nil},
		{"policy.networking.k8s.io", []string{"*"}, look, nil},
		{"kubevirt.io", []string{"virtualmachineinstancemigrations"}, look, nil},
		{group, []string{"*"}, look, nil},
		{group, []string{"bgpconfigurations", "ipamconfigs", "tiers"}, []string{"create"}, nil},
		{group, []string{"clusterinformations", "felixconfigurations", "ippools"}, write, nil},
		{group, []string{"caliconodestatuses"}, []string{"update"}, nil},
		{group, []string{"blockaffinities", "ipamblocks", "ipamhandles"}, change, nil},
	},
	// Its token is on each node.
	pluginName: {
		{"", []string{"namespaces", "nodes", "pods"}, []string{"get"}, nil},
		{"", []string{"pods/status"}, []string{"patch"}, nil},
		{group, []string{"clusterinformations", "ippools", "ipreservations"}, []string{"get", "list"}, nil},
		{group, []string{"blockaffinities", "ipamblocks", "ipamconfigs", "ipamhandles"}, change, nil},
	},
	// It waits for a definition that would start a migration of what Calico keeps.
	controllerName: {
		{"", []string{"namespaces", "nodes", "pods", "services"}, look, nil},
		{"apiextensions.k8s.io", []string{"customresourcedefinitions"}, look, nil},
		{"apps", []string{"daemonsets"}, []string{"get"}, nil},
		{group, []string{"*"}, look, nil},
		{group, []string{"clusterinformations", "ipamconfigs", "kubecontrollersconfigurations", "tiers"}, write, nil},
		{group, []string{"kubecontrollersconfigurations/status"}, []string{"get", "update"}, nil},
		{group, []string{"blockaffinities", "hostendpoints", "ipamblocks", "ipamhandles"}, change, nil},
	},
}

// createAccounts makes an account for each of the programs, and returns what allows
// them what they do.
func createAccounts(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	var bindings []pulumi.Resource
	for _, app := range []string{nodeName, pluginName, controllerName} {
		account, err := corev1.NewServiceAccount(ctx, name+"-account-"+app, &corev1.ServiceAccountArgs{Metadata: objectmeta.NotAwaited(named(app))}, opts...)
		if err != nil {
			return nil, err
		}
		role, err := rbacv1.NewClusterRole(ctx, name+"-role-"+app, &rbacv1.ClusterRoleArgs{Metadata: objectmeta.Named(app, labels(app)), Rules: policyRules(rules[app])}, opts...)
		if err != nil {
			return nil, err
		}
		binding, err := rbacv1.NewClusterRoleBinding(ctx, name+"-binding-"+app, &rbacv1.ClusterRoleBindingArgs{
			Metadata: objectmeta.Named(app, labels(app)),
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
		bindings = append(bindings, binding)
	}
	return bindings, nil
}

func policyRules(rules []rule) rbacv1.PolicyRuleArray {
	var all rbacv1.PolicyRuleArray
	for _, r := range rules {
		all = append(all, rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray([]string{r.group}), Resources: pulumi.ToStringArray(r.resources),
			Verbs: pulumi.ToStringArray(r.verbs), ResourceNames: pulumi.ToStringArray(r.names),
		})
	}
	return all
}
