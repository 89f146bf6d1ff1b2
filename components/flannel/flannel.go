// Package flannel owns the flannel pod network: one daemon per node that gives
// its pods a subnet and carries their packets to other nodes. It needs an API
// server and a Kubernetes provider, both of which the stack hands it.
package flannel

import (
	"errors"
	"fmt"
	"net/netip"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/objectmeta"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:Flannel"

// Backend is how packets of pods travel between nodes.
type Backend string

// The backends.
const (
	// VXLAN wraps them in UDP: any network carries that.
	VXLAN Backend = "vxlan"
	// HostGW routes them by the nodes' addresses: faster, but all nodes must
	// share one subnet whose ports let pod addresses pass.
	HostGW Backend = "host-gw"
	// Alloc leaves them to the network's own routes, and to who makes those.
	Alloc Backend = "alloc"
)

// FlannelArgs says which addresses pods get and how they reach each other.
type FlannelArgs struct {
	// PodCIDR is the range of all pods, the one kubeadm was given. Required.
	PodCIDR netip.Prefix
	// Backend is VXLAN, HostGW or Alloc. Required.
	Backend Backend
	// MTU in bytes of the network between the nodes. Optional: flannel reads it
	// from the node's interface. Without an overlay it always does.
	MTU int
	// EnableNFTables masquerades with nftables instead of iptables. Optional.
	EnableNFTables bool
	// Image and PluginImage hold the daemon and its CNI plugin. Optional: those
	// of internal/versions.
	Image, PluginImage string
}

// Flannel is the pod network. It is complete when its daemon runs on every node
// that the cluster has at that time; nodes that join later get theirs too.
type Flannel struct {
	pulumi.ResourceState

	// Namespace is where the daemon runs.
	Namespace pulumi.StringOutput
}

// NewFlannel installs the pod network into the cluster of the Kubernetes
// provider in opts.
func NewFlannel(ctx *pulumi.Context, name string, args *FlannelArgs, opts ...pulumi.ResourceOption) (*Flannel, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("flannel %q: %w", name, err)
	}
	cfg, err := render(args)
	if err != nil {
		return nil, fmt.Errorf("rendering the configuration of flannel %q: %w", name, err)
	}
	f := &Flannel{}
	if err := ctx.RegisterComponentResource(typeToken, name, f, opts...); err != nil {
		return nil, fmt.Errorf("registering flannel %q: %w", name, err)
	}
	if err := f.createAccount(ctx, name, pulumi.Parent(f)); err != nil {
		return nil, fmt.Errorf("creating the account of flannel %q: %w", name, err)
	}
	if err := f.createDaemon(ctx, name, args, cfg, pulumi.Parent(f)); err != nil {
		return nil, fmt.Errorf("creating the daemon of flannel %q: %w", name, err)
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{"namespace": f.Namespace})
}

func (a *FlannelArgs) validate() error {
	var errs []error
	if !a.PodCIDR.IsValid() || !a.PodCIDR.Addr().Is4() {
		errs = append(errs, fmt.Errorf("PodCIDR %v: must be an IPv4 range", a.PodCIDR))
	}
	if a.Backend != VXLAN && a.Backend != HostGW && a.Backend != Alloc {
		errs = append(errs, fmt.Errorf("Backend %q: must be %q, %q or %q", a.Backend, VXLAN, HostGW, Alloc))
	}
	return errors.Join(errs...)
}

// createAccount makes the namespace and what the daemon may do with the API:
// read nodes and note on its own what others need to reach it.
func (f *Flannel) createAccount(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) error {
	namespace, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		// The daemon works on the host's network: no stricter level admits it.
		Metadata: objectmeta.Named(namespaceName, pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String("privileged")}),
	}, parent)
	if err != nil {
		return err
	}
	f.Namespace = namespace.Metadata.Name().Elem()
	account, err := corev1.NewServiceAccount(ctx, name+"-account", &corev1.ServiceAccountArgs{Metadata: objectmeta.NotAwaited(f.metadata())}, parent)
	if err != nil {
		return err
	}
	role, err := rbacv1.NewClusterRole(ctx, name+"-role", &rbacv1.ClusterRoleArgs{
		Metadata: objectmeta.Named(appName, nil),
		Rules:    rbacv1.PolicyRuleArray{allow("nodes", "get", "list", "watch"), allow("nodes/status", "patch")},
	}, parent)
	if err != nil {
		return err
	}
	_, err = rbacv1.NewClusterRoleBinding(ctx, name+"-binding", &rbacv1.ClusterRoleBindingArgs{
		Metadata: objectmeta.Named(appName, nil),
		RoleRef: rbacv1.RoleRefArgs{
			ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("ClusterRole"), Name: role.Metadata.Name().Elem(),
		},
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{
			Kind: pulumi.String("ServiceAccount"), Name: account.Metadata.Name().Elem(), Namespace: f.Namespace,
		}},
	}, parent)
	return err
}

func (f *Flannel) createDaemon(ctx *pulumi.Context, name string, args *FlannelArgs, cfg configFiles, parent pulumi.ResourceOption) error {
	configMap, err := corev1.NewConfigMap(ctx, name+"-config", &corev1.ConfigMapArgs{
		Metadata: f.metadata(),
		Data:     pulumi.ToStringMap(map[string]string{netConfFile: cfg.Net, cniConfFile: cfg.CNI}),
	}, parent)
	if err != nil {
		return err
	}
	pod := podArgs{
		Image:       orDefault(args.Image, artifacts.FlannelImage()),
		PluginImage: orDefault(args.PluginImage, artifacts.FlannelPluginImage()),
		Backend:     args.Backend,
		Account:     pulumi.String(appName),
		ConfigMap:   configMap.Metadata.Name().Elem(),
	}
	_, err = appsv1.NewDaemonSet(ctx, name+"-daemon", &appsv1.DaemonSetArgs{
		Metadata: f.metadata(),
		Spec: appsv1.DaemonSetSpecArgs{
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels()},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{
					Labels: labels(),
					// The daemon reads its configuration once: a change has to restart it.
					Annotations: pulumi.ToStringMap(map[string]string{"slipway/config-sha256": cfg.digest()}),
				},
				Spec: pod.spec(),
			},
		},
	}, parent)
	return err
}

// metadata names a namespaced object; there is one of each kind.
func (f *Flannel) metadata() metav1.ObjectMetaArgs {
	return objectmeta.In(f.Namespace, appName, labels())
}

func labels() pulumi.StringMap { return pulumi.StringMap{"app": pulumi.String(appName)} }

func allow(resource string, verbs ...string) rbacv1.PolicyRuleArgs {
	return rbacv1.PolicyRuleArgs{
		ApiGroups: pulumi.ToStringArray([]string{""}),
		Resources: pulumi.ToStringArray([]string{resource}),
		Verbs:     pulumi.ToStringArray(verbs),
	}
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
