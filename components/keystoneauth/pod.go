package keystoneauth

import (
	"net"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/kubeadm"
)

const (
	// user is that of upstream's image.
	user = 1000

	configDir      = "/etc/keystone-auth"
	certificateDir = "/etc/keystone-auth-certificate"
	certFile       = "tls.crt"
	keyFile        = "tls.key"
)

// flags are the server's command line.
func flags() []string {
	return []string{
		"run", "--server", "--skip-version-check", "--log-level=error",
		"--addr=https://" + net.JoinHostPort(kubeadm.TokenWebhookAddress, strconv.Itoa(kubeadm.TokenWebhookPort)),
		"--authorization=basic", // by access.rego
		"--tls-cert-file=" + certificateDir + "/" + certFile,
		"--tls-private-key-file=" + certificateDir + "/" + keyFile,
		configDir + "/" + reviewFile, configDir + "/" + accessFile, configDir + "/" + settingsFile,
	}
}

// podSpec is the server's pod. It is on the host's network, where only programs of
// its own node reach it.
func podSpec(config, secret pulumi.StringInput) corev1.PodSpecArgs {
	return corev1.PodSpecArgs{
		HostNetwork:                  pulumi.Bool(true),
		PriorityClassName:            pulumi.String("system-cluster-critical"),
		AutomountServiceAccountToken: pulumi.Bool(false), // it asks Keystone, and nobody else
		NodeSelector:                 pulumi.ToStringMap(map[string]string{"node-role.kubernetes.io/control-plane": ""}),
		// Who mends a node has to be able to log in.
		Tolerations: corev1.TolerationArray{corev1.TolerationArgs{Operator: pulumi.String("Exists")}},
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsUser: pulumi.Int(user), RunAsNonRoot: pulumi.Bool(true),
			FsGroup:        pulumi.Int(user), // who may read its key
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		Containers: corev1.ContainerArray{container()},
		Volumes: corev1.VolumeArray{
			corev1.VolumeArgs{Name: pulumi.String("config"), ConfigMap: corev1.ConfigMapVolumeSourceArgs{Name: config}},
			corev1.VolumeArgs{Name: pulumi.String("certificate"), Secret: corev1.SecretVolumeSourceArgs{SecretName: secret, DefaultMode: pulumi.Int(0o440)}},
		},
	}
}

func container() corev1.ContainerArgs {
	probe := corev1.ProbeArgs{
		HttpGet: corev1.HTTPGetActionArgs{
			Host: pulumi.String(kubeadm.TokenWebhookAddress), Path: pulumi.String("/health"),
			Port: pulumi.Int(kubeadm.TokenWebhookPort), Scheme: pulumi.String("HTTPS"),
		},
		PeriodSeconds: pulumi.Int(5), TimeoutSeconds: pulumi.Int(5),
	}
	alive := probe
	alive.PeriodSeconds, alive.FailureThreshold = pulumi.Int(20), pulumi.Int(3)
	return corev1.ContainerArgs{
		Name:           pulumi.String(appName),
		Image:          pulumi.String(artifacts.KeystoneAuthImage()),
		Args:           pulumi.ToStringArray(flags()),
		Resources:      corev1.ResourceRequirementsArgs{Requests: pulumi.ToStringMap(map[string]string{"cpu": "10m", "memory": "64Mi"})},
		ReadinessProbe: probe,
		LivenessProbe:  alive,
		SecurityContext: corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
			Capabilities: corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
		},
		VolumeMounts: corev1.VolumeMountArray{
			mount("config", configDir), mount("certificate", certificateDir),
		},
	}
}

func mount(volume, path string) corev1.VolumeMountArgs {
	return corev1.VolumeMountArgs{Name: pulumi.String(volume), MountPath: pulumi.String(path), ReadOnly: pulumi.Bool(true)}
}
