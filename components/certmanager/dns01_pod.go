package certmanager

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/cloudlogin"
)

const (
	webhookPort   = 8443
	certificates  = "/tls"
	authorities   = "/etc/openstack"
	tlsVolume     = "tls"
	authorityPart = "authority"
)

// webhookPod is the webhook's pod, with the authority of the cloud's API if it has one
// of its own.
func webhookPod(authority bool) corev1.PodSpecArgs {
	pod := corev1.PodSpecArgs{
		ServiceAccountName: pulumi.String(webhookName),
		PriorityClassName:  pulumi.String("system-cluster-critical"),
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsUser: pulumi.Int(user), RunAsGroup: pulumi.Int(user), RunAsNonRoot: pulumi.Bool(true),
			FsGroup:        pulumi.Int(user), // who may read the key
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{corev1.TopologySpreadConstraintArgs{
			MaxSkew: pulumi.Int(1), TopologyKey: pulumi.String("kubernetes.io/hostname"), WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
			LabelSelector: metav1.LabelSelectorArgs{MatchLabels: webhookLabels()},
		}},
		Volumes: corev1.VolumeArray{corev1.VolumeArgs{
			Name:   pulumi.String(tlsVolume),
			Secret: corev1.SecretVolumeSourceArgs{SecretName: pulumi.String(webhookTLS), DefaultMode: pulumi.Int(0o440)},
		}},
	}
	container := webhookContainer()
	if authority {
		container.Env = corev1.EnvVarArray{corev1.EnvVarArgs{
			Name: pulumi.String("OPENSTACK_CA_FILE"), Value: pulumi.String(authorities + "/" + cloudlogin.CACertificateFile),
		}}
		container.VolumeMounts = append(container.VolumeMounts.(corev1.VolumeMountArray), mount(authorityPart, authorities))
		pod.Volumes = append(pod.Volumes.(corev1.VolumeArray), corev1.VolumeArgs{
			Name: pulumi.String(authorityPart), ConfigMap: corev1.ConfigMapVolumeSourceArgs{Name: pulumi.String(webhookName)},
		})
	}
	pod.Containers = corev1.ContainerArray{container}
	return pod
}

func webhookContainer() corev1.ContainerArgs {
	probe := func(period int) corev1.ProbeArgs {
		return corev1.ProbeArgs{
			HttpGet:       corev1.HTTPGetActionArgs{Path: pulumi.String("/healthz"), Port: pulumi.Int(webhookPort), Scheme: pulumi.String("HTTPS")},
			PeriodSeconds: pulumi.Int(period), TimeoutSeconds: pulumi.Int(5),
		}
	}
	startup := probe(2)
	startup.FailureThreshold = pulumi.Int(60) // it logs in first
	return corev1.ContainerArgs{
		Name:  pulumi.String(webhookName),
		Image: pulumi.String(artifacts.DNS01Webhook().String()),
		Args: pulumi.ToStringArray([]string{
			"--secure-port=8443", "--tls-cert-file=" + certificates + "/tls.crt", "--tls-private-key-file=" + certificates + "/tls.key",
		}),
		// Upstream's program takes its login from nowhere else.
		EnvFrom: corev1.EnvFromSourceArray{corev1.EnvFromSourceArgs{
			SecretRef: corev1.SecretEnvSourceArgs{Name: pulumi.String(webhookLogin)},
		}},
		Ports:          corev1.ContainerPortArray{corev1.ContainerPortArgs{ContainerPort: pulumi.Int(webhookPort)}},
		Resources:      corev1.ResourceRequirementsArgs{Requests: pulumi.ToStringMap(map[string]string{"cpu": "10m", "memory": "64Mi"})},
		StartupProbe:   startup,
		LivenessProbe:  probe(20),
		ReadinessProbe: probe(5),
		SecurityContext: corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
			Capabilities: corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
		},
		VolumeMounts: corev1.VolumeMountArray{mount(tlsVolume, certificates)},
	}
}

func mount(volume, path string) corev1.VolumeMountArgs {
	return corev1.VolumeMountArgs{Name: pulumi.String(volume), MountPath: pulumi.String(path), ReadOnly: pulumi.Bool(true)}
}
