package externaldns

import (
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
	"slipway/internal/cloudlogin"
)

const (
	// user is that of upstream's chart.
	user = 65532

	port        = 7979 // of ExternalDNS itself
	webhookPort = 8080 // where the webhook says that it works
	webhookURL  = "http://127.0.0.1:8888"

	// A change is one request, in which the webhook sets a record after the other.
	webhookTimeout = "10m"
	// Nothing has this label.
	nothing = "slipway/none=true"
)

// shared are the flags of whatever looks at the records. What says whose a record is
// stands below its name, so that it is in the zone even of the zone's own name. It
// must never change: the records that are there would be nobody's.
func (a *ExternalDNSArgs) shared() []string {
	return []string{
		"--provider=webhook", "--webhook-provider-url=" + webhookURL,
		"--webhook-provider-read-timeout=" + webhookTimeout, "--webhook-provider-write-timeout=" + webhookTimeout,
		"--registry=txt", "--txt-owner-id=" + a.Cluster, "--txt-prefix=%{record_type}-owner.", "--txt-wildcard-replacement=any",
		"--managed-record-types=A", "--managed-record-types=CNAME", // what the webhook knows
	}
}

// zoneFlags keep it to the zones.
func (a *ExternalDNSArgs) zoneFlags() []string {
	var flags []string
	for _, zone := range a.Zones {
		flags = append(flags, "--domain-filter="+zone)
	}
	return flags
}

// flags have records follow what is in the cluster. A change is written after some
// seconds; in between it looks whether somebody else has changed a record.
func (a *ExternalDNSArgs) flags() []string {
	policy := "--policy=sync"
	if a.KeepRecords {
		policy = "--policy=upsert-only"
	}
	flags := slices.Concat(a.shared(), a.zoneFlags(), []string{policy, "--interval=1m", "--events", "--source=service", "--source=ingress"})
	if a.Gateways {
		flags = append(flags, "--source=gateway-httproute")
	}
	return flags
}

// releaseFlags have it find nothing in the cluster, once. Zones that were taken out of
// the configuration earlier are looked at, too.
func (a *ExternalDNSArgs) releaseFlags() []string {
	return append(a.shared(), "--policy=sync", "--once", "--source=ingress", "--label-filter="+nothing)
}

// podSpec is ExternalDNS with its webhook, which is there before it and as long as it.
func podSpec(flags, webhookFlags []string) corev1.PodSpecArgs {
	const volume = "clouds"
	webhook := container("webhook", artifacts.DesignateWebhook(), webhookPort)
	webhook.Args = pulumi.ToStringArray(webhookFlags)
	webhook.RestartPolicy = pulumi.String("Always")
	webhook.StartupProbe = corev1.ProbeArgs{HttpGet: healthz(webhookPort), PeriodSeconds: pulumi.Int(2), FailureThreshold: pulumi.Int(60)}
	webhook.VolumeMounts = corev1.VolumeMountArray{corev1.VolumeMountArgs{
		Name: pulumi.String(volume), MountPath: pulumi.String(cloudlogin.CloudsDir), ReadOnly: pulumi.Bool(true),
	}}
	dns := container(appName, artifacts.ExternalDNS(), port)
	dns.Args = pulumi.ToStringArray(flags)
	return corev1.PodSpecArgs{
		ServiceAccountName: pulumi.String(appName),
		PriorityClassName:  pulumi.String("system-cluster-critical"),
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsUser: pulumi.Int(user), RunAsGroup: pulumi.Int(user), RunAsNonRoot: pulumi.Bool(true),
			FsGroup:        pulumi.Int(user), // who may read the login
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		InitContainers: corev1.ContainerArray{webhook},
		Containers:     corev1.ContainerArray{dns},
		Volumes: corev1.VolumeArray{corev1.VolumeArgs{
			Name:   pulumi.String(volume),
			Secret: corev1.SecretVolumeSourceArgs{SecretName: pulumi.String(secretName), DefaultMode: pulumi.Int(0o440)},
		}},
	}
}

// once makes of a pod one that ends.
func once(pod corev1.PodSpecArgs) corev1.PodSpecArgs {
	pod.RestartPolicy = pulumi.String("Never")
	dns := pod.Containers.(corev1.ContainerArray)[0].(corev1.ContainerArgs)
	dns.LivenessProbe, dns.ReadinessProbe = nil, nil
	pod.Containers = corev1.ContainerArray{dns}
	return pod
}

// container is one that says at /healthz of the port whether it works.
func container(name string, image artifacts.Image, port int) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:      pulumi.String(name),
		Image:     pulumi.String(image.String()),
		Resources: corev1.ResourceRequirementsArgs{Requests: pulumi.ToStringMap(map[string]string{"cpu": "10m", "memory": "32Mi"})},
		LivenessProbe: corev1.ProbeArgs{
			HttpGet: healthz(port), PeriodSeconds: pulumi.Int(20), TimeoutSeconds: pulumi.Int(5),
		},
		ReadinessProbe: corev1.ProbeArgs{HttpGet: healthz(port), PeriodSeconds: pulumi.Int(5), TimeoutSeconds: pulumi.Int(5)},
		SecurityContext: corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
			Capabilities: corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
		},
	}
}

func healthz(port int) corev1.HTTPGetActionArgs {
	return corev1.HTTPGetActionArgs{Path: pulumi.String("/healthz"), Port: pulumi.Int(port)}
}
