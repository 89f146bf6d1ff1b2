package loki

import (
	"fmt"
	"slices"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/objectmeta"
)

const (
	configFile = "config.alloy"
	configDir  = "/etc/alloy"
	// positions is where Alloy notes how far it has read, on the node: after a
	// restart it goes on from there.
	positions = "/var/lib/alloy"
	alloyPort = 12345
)

// collect runs Alloy on every node.
func (a *LokiArgs) collect(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
	// All names are known, so that a preview has the API server judge all of it.
	account, err := corev1.NewServiceAccount(ctx, name+"-account", &corev1.ServiceAccountArgs{Metadata: objectmeta.NotAwaited(named())}, opts...)
	if err != nil {
		return err
	}
	role, err := rbacv1.NewClusterRole(ctx, name+"-role", &rbacv1.ClusterRoleArgs{
		Metadata: objectmeta.Named(roleName, labels()),
		Rules: rbacv1.PolicyRuleArray{rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray([]string{""}), Resources: pulumi.ToStringArray([]string{"pods"}),
			Verbs: pulumi.ToStringArray([]string{"get", "list", "watch"}),
		}},
	}, opts...)
	if err != nil {
		return err
	}
	binding, err := rbacv1.NewClusterRoleBinding(ctx, name+"-binding", &rbacv1.ClusterRoleBindingArgs{
		Metadata: objectmeta.Named(roleName, labels()),
		RoleRef: rbacv1.RoleRefArgs{
			ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("ClusterRole"), Name: pulumi.String(roleName),
		},
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{
			Kind: pulumi.String("ServiceAccount"), Name: pulumi.String(appName), Namespace: pulumi.String(namespace),
		}},
	}, append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{account, role}))...)
	if err != nil {
		return err
	}
	text, err := collector{URL, logs}.config()
	if err != nil {
		return err
	}
	config, err := corev1.NewConfigMap(ctx, name+"-config", &corev1.ConfigMapArgs{
		Metadata: named(), Data: pulumi.StringMap{configFile: pulumi.String(text)},
	}, opts...)
	if err != nil {
		return err
	}
	_, err = appsv1.NewDaemonSet(ctx, name+"-daemon", &appsv1.DaemonSetArgs{
		Metadata: named(),
		Spec: appsv1.DaemonSetSpecArgs{
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels()},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{
					Labels: labels(),
					// Alloy reads its configuration when it starts.
					Annotations: pulumi.StringMap{"slipway/config-sha256": pulumi.String(digest(text))},
				},
				Spec: podSpec(),
			},
		},
	}, append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{binding, config}))...)
	return err
}

func named() metav1.ObjectMetaArgs {
	return objectmeta.In(pulumi.String(namespace), appName, labels())
}

func labels() pulumi.StringMap { return pulumi.StringMap{"app": pulumi.String(appName)} }

// podSpec has Alloy on every node, control planes included.
func podSpec() corev1.PodSpecArgs {
	return corev1.PodSpecArgs{
		ServiceAccountName: pulumi.String(appName),
		PriorityClassName:  pulumi.String("system-node-critical"),
		Tolerations:        corev1.TolerationArray{corev1.TolerationArgs{Operator: pulumi.String("Exists")}},
		Containers:         corev1.ContainerArray{container()},
		Volumes: corev1.VolumeArray{
			corev1.VolumeArgs{Name: pulumi.String("config"), ConfigMap: corev1.ConfigMapVolumeSourceArgs{Name: pulumi.String(appName)}},
			folder("logs", logs, "Directory"),
			// Alloy does not start without one.
			folder("journal", logs+"/journal", "DirectoryOrCreate"),
			folder("positions", positions, "DirectoryOrCreate"),
			corev1.VolumeArgs{Name: pulumi.String("temporary"), EmptyDir: corev1.EmptyDirVolumeSourceArgs{}},
		},
	}
}

func container() corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:  pulumi.String(appName),
		Image: pulumi.String(artifacts.Alloy().String()),
		Args: pulumi.ToStringArray([]string{
			"run", configDir + "/" + configFile, "--storage.path=" + positions, fmt.Sprintf("--server.http.listen-addr=0.0.0.0:%d", alloyPort), "--disable-reporting",
		}),
		Env: corev1.EnvVarArray{corev1.EnvVarArgs{Name: pulumi.String("NODE"), ValueFrom: corev1.EnvVarSourceArgs{
			FieldRef: corev1.ObjectFieldSelectorArgs{FieldPath: pulumi.String("spec.nodeName")},
		}}},
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{Name: pulumi.String("http"), ContainerPort: pulumi.Int(alloyPort)}},
		ReadinessProbe: corev1.ProbeArgs{
			HttpGet: corev1.HTTPGetActionArgs{Path: pulumi.String("/-/ready"), Port: pulumi.String("http")},
		},
		Resources: corev1.ResourceRequirementsArgs{Requests: pulumi.ToStringMap(map[string]string{"cpu": "20m", "memory": "100Mi"})},
		// Logs are root's, whom nothing else is allowed.
		SecurityContext: corev1.SecurityContextArgs{
			RunAsUser: pulumi.Int(0), RunAsGroup: pulumi.Int(0), AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
			Capabilities:   corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		VolumeMounts: corev1.VolumeMountArray{
			mount("config", configDir, true), mount("logs", logs, true), mount("journal", logs+"/journal", true),
			mount("positions", positions, false), mount("temporary", "/tmp", false),
		},
	}
}

func folder(name, path, kind string) corev1.VolumeArgs {
	return corev1.VolumeArgs{Name: pulumi.String(name), HostPath: corev1.HostPathVolumeSourceArgs{Path: pulumi.String(path), Type: pulumi.String(kind)}}
}

func mount(name, path string, readOnly bool) corev1.VolumeMountArgs {
	return corev1.VolumeMountArgs{Name: pulumi.String(name), MountPath: pulumi.String(path), ReadOnly: pulumi.Bool(readOnly)}
}
