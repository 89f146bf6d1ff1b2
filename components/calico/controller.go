package calico

import (
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
)

// createController runs what frees addresses of nodes and pods that are gone.
func createController(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
	check := func(flag string) corev1.ExecActionArgs {
		return corev1.ExecActionArgs{Command: pulumi.ToStringArray([]string{"/usr/bin/check-status", flag})}
	}
	_, err := appsv1.NewDeployment(ctx, name+"-controller", &appsv1.DeploymentArgs{
		Metadata: named(controllerName),
		Spec: appsv1.DeploymentSpecArgs{
			// It elects no leader.
			Replicas: pulumi.Int(1), Strategy: appsv1.DeploymentStrategyArgs{Type: pulumi.String("Recreate")},
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels(controllerName)},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: labels(controllerName)},
				Spec: corev1.PodSpecArgs{
					PriorityClassName:  pulumi.String("system-cluster-critical"),
					ServiceAccountName: pulumi.String(controllerName),
					NodeSelector:       pulumi.ToStringMap(map[string]string{"kubernetes.io/os": "linux"}),
					Tolerations: corev1.TolerationArray{
						corev1.TolerationArgs{Key: pulumi.String("CriticalAddonsOnly"), Operator: pulumi.String("Exists")},
						corev1.TolerationArgs{Key: pulumi.String("node-role.kubernetes.io/control-plane"), Effect: pulumi.String("NoSchedule")},
					},
					SecurityContext: corev1.PodSecurityContextArgs{SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")}},
					Volumes:         corev1.VolumeArray{corev1.VolumeArgs{Name: pulumi.String("status"), EmptyDir: corev1.EmptyDirVolumeSourceArgs{}}},
					Containers: corev1.ContainerArray{corev1.ContainerArgs{
						Name:           pulumi.String(controllerName),
						Image:          pulumi.String(artifacts.CalicoControllers().String()),
						Env:            corev1.EnvVarArray{variable(env{"DATASTORE_TYPE", "kubernetes"}), variable(env{"ENABLED_CONTROLLERS", "node"})},
						Resources:      corev1.ResourceRequirementsArgs{Requests: pulumi.ToStringMap(map[string]string{"cpu": "10m", "memory": "64Mi"})},
						LivenessProbe:  corev1.ProbeArgs{Exec: check("-l"), InitialDelaySeconds: pulumi.Int(10), PeriodSeconds: pulumi.Int(10), TimeoutSeconds: pulumi.Int(10), FailureThreshold: pulumi.Int(6)},
						ReadinessProbe: corev1.ProbeArgs{Exec: check("-r"), PeriodSeconds: pulumi.Int(10)},
						VolumeMounts:   corev1.VolumeMountArray{mount("status", "/status")},
						SecurityContext: corev1.SecurityContextArgs{
							RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(999), AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
							Capabilities: corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
						},
					}},
				},
			},
		},
	}, opts...)
	return err
}
