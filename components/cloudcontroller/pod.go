package cloudcontroller

import (
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/cloudlogin"
)

// user is the controller's, as in upstream's manifest.
const user = 1001

// flags are the controller's command line.
func (a *CloudControllerArgs) flags() []string {
	controllers := "cloud-node,cloud-node-lifecycle,service"
	flags := []string{
		"/bin/openstack-cloud-controller-manager",
		"--cloud-provider=openstack",
		"--cloud-config=" + cloudlogin.Dir + "/" + cloudlogin.ConfigFile,
		"--cluster-name=" + a.Cluster,
		"--use-service-account-credentials=false",
		"--bind-address=0.0.0.0", // for collectors; the security groups admit nodes only
		"--secure-port=" + strconv.Itoa(metricsPort),
		"--v=2",
	}
	if a.Routes != nil {
		controllers += ",route"
		flags = append(flags, "--cluster-cidr="+a.Routes.PodCIDR.Masked().String())
	}
	return append(flags, "--controllers="+controllers)
}

// podSpec is the controller's pod, one on each control plane; one of them leads.
func podSpec(flags []string, secret pulumi.StringInput) corev1.PodSpecArgs {
	const volume = "config"
	return corev1.PodSpecArgs{
		HostNetwork:        pulumi.Bool(true), // no pod network can be needed for what untaints nodes
		PriorityClassName:  pulumi.String("system-cluster-critical"),
		ServiceAccountName: pulumi.String(accountName),
		NodeSelector:       pulumi.ToStringMap(map[string]string{"node-role.kubernetes.io/control-plane": ""}),
		// Nodes are tainted until this very controller has seen them.
		Tolerations: corev1.TolerationArray{
			tolerate("node.cloudprovider.kubernetes.io/uninitialized"),
			tolerate("node-role.kubernetes.io/control-plane"),
			tolerate("node.kubernetes.io/not-ready"),
			tolerate("node.kubernetes.io/network-unavailable"),
		},
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsUser: pulumi.Int(user), RunAsNonRoot: pulumi.Bool(true),
			FsGroup:        pulumi.Int(user), // who may read its configuration
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		Containers: corev1.ContainerArray{corev1.ContainerArgs{
			Name:      pulumi.String(appName),
			Image:     pulumi.String(artifacts.CloudControllerImage()),
			Args:      pulumi.ToStringArray(flags),
			Resources: corev1.ResourceRequirementsArgs{Requests: pulumi.ToStringMap(map[string]string{"cpu": "50m", "memory": "64Mi"})},
			LivenessProbe: corev1.ProbeArgs{
				HttpGet:             corev1.HTTPGetActionArgs{Path: pulumi.String("/healthz"), Port: pulumi.Int(metricsPort), Scheme: pulumi.String("HTTPS")},
				InitialDelaySeconds: pulumi.Int(20), PeriodSeconds: pulumi.Int(20), TimeoutSeconds: pulumi.Int(5),
			},
			SecurityContext: corev1.SecurityContextArgs{
				AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
				Capabilities: corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
			},
			VolumeMounts: corev1.VolumeMountArray{corev1.VolumeMountArgs{
				Name: pulumi.String(volume), MountPath: pulumi.String(cloudlogin.Dir), ReadOnly: pulumi.Bool(true),
			}},
		}},
		Volumes: corev1.VolumeArray{corev1.VolumeArgs{
			Name:   pulumi.String(volume),
			Secret: corev1.SecretVolumeSourceArgs{SecretName: secret, DefaultMode: pulumi.Int(0o440)},
		}},
	}
}

func tolerate(taint string) corev1.TolerationArgs {
	return corev1.TolerationArgs{Key: pulumi.String(taint), Operator: pulumi.String("Exists")}
}
