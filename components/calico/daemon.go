package calico

import (
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/artifacts"
)

// vxlanPort is the one that security groups let pass: the kernel's own, as flannel and
// Cilium have it, too.
const vxlanPort = "8472"

// env is a variable of a container's environment.
type env struct{ name, value string }

// settings are the daemon's:
// https://docs.tigera.io/calico/latest/reference/configure-calico-node
// https://docs.tigera.io/calico/latest/reference/felix/configuration
func (a *CalicoArgs) settings() []env {
	nftables := "Disabled"
	if a.EnableNFTables {
		nftables = "Enabled"
	}
	return []env{
		{"DATASTORE_TYPE", "kubernetes"},
		{"WAIT_FOR_DATASTORE", "true"},
		{"CALICO_DISABLE_FILE_LOGGING", "true"},
		{"CLUSTER_TYPE", "k8s"},
		{"CALICO_NETWORKING_BACKEND", "vxlan"}, // none of BGP's daemons
		{"CALICO_IPV4POOL_CIDR", a.PodCIDR.String()},
		{"CALICO_IPV4POOL_IPIP", "Never"},
		{"CALICO_IPV4POOL_VXLAN", "Always"}, // ports of OpenStack let no pod's address pass
		{"IP", "autodetect"},
		{"IP_AUTODETECTION_METHOD", "kubernetes-internal-ip"},
		{"FELIX_DEFAULTENDPOINTTOHOSTACTION", "ACCEPT"},
		{"FELIX_HEALTHENABLED", "true"},
		{"FELIX_IPV6SUPPORT", "false"},
		{"FELIX_NFTABLESMODE", nftables},
		{"FELIX_USAGEREPORTINGENABLED", "false"},
		{"FELIX_VXLANPORT", vxlanPort},
		{"FELIX_XDPENABLED", "false"},
	}
}

func (a *CalicoArgs) createDaemon(ctx *pulumi.Context, name, conf string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return appsv1.NewDaemonSet(ctx, name+"-daemon", &appsv1.DaemonSetArgs{
		Metadata: named(nodeName),
		Spec: appsv1.DaemonSetSpecArgs{
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels(nodeName)},
			Template: corev1.PodTemplateSpecArgs{Metadata: metav1.ObjectMetaArgs{Labels: labels(nodeName)}, Spec: a.pod(conf)},
		},
	}, opts...)
}

func (a *CalicoArgs) pod(conf string) corev1.PodSpecArgs {
	return corev1.PodSpecArgs{
		HostNetwork:        pulumi.Bool(true), // it is what gives other pods a network
		PriorityClassName:  pulumi.String("system-node-critical"),
		ServiceAccountName: pulumi.String(nodeName),
		NodeSelector:       pulumi.ToStringMap(map[string]string{"kubernetes.io/os": "linux"}),
		// Nothing ends better with time, and until the next one runs no pod gets a network.
		TerminationGracePeriodSeconds: pulumi.Int(0),
		// A node is tainted until it has a network, and a cordoned or full one still needs it.
		Tolerations: corev1.TolerationArray{
			corev1.TolerationArgs{Operator: pulumi.String("Exists"), Effect: pulumi.String("NoSchedule")},
			corev1.TolerationArgs{Operator: pulumi.String("Exists"), Effect: pulumi.String("NoExecute")},
		},
		SecurityContext: corev1.PodSecurityContextArgs{SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")}},
		InitContainers:  corev1.ContainerArray{installer(conf)},
		Containers:      corev1.ContainerArray{a.daemon()},
		Volumes: corev1.VolumeArray{
			hostPath("lib-modules", "/lib/modules", ""),
			hostPath("run", "/var/run/calico", "DirectoryOrCreate"),
			hostPath("lib", "/var/lib/calico", "DirectoryOrCreate"),
			hostPath("xtables-lock", "/run/xtables.lock", "FileOrCreate"), // shared with kube-proxy
			hostPath("plugins", artifacts.CNIDir, "DirectoryOrCreate"),
			hostPath("cni", "/etc/cni/net.d", "DirectoryOrCreate"),
		},
	}
}

// installer puts the plugin on the node, and how it is called.
func installer(conf string) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:    pulumi.String("install-cni"),
		Image:   pulumi.String(artifacts.CalicoCNI().String()),
		Command: pulumi.ToStringArray([]string{"/opt/cni/bin/install"}),
		Env: variables("KUBERNETES_NODE_NAME", []env{
			{"CNI_CONF_NAME", "10-calico.conflist"}, {"CNI_NETWORK_CONFIG", conf}, {"SLEEP", "false"},
			// The nodes have these, checked, from the release of the plugins themselves.
			{"SKIP_CNI_BINARIES", "bandwidth,flannel,host-local,loopback,portmap,tuning"},
		}),
		SecurityContext: corev1.SecurityContextArgs{Privileged: pulumi.Bool(true)},
		VolumeMounts:    corev1.VolumeMountArray{mount("plugins", "/host/opt/cni/bin"), mount("cni", "/host/etc/cni/net.d")},
	}
}

func (a *CalicoArgs) daemon() corev1.ContainerArgs {
	command := func(flags ...string) corev1.ExecActionArgs {
		return corev1.ExecActionArgs{Command: pulumi.ToStringArray(append([]string{"/bin/calico-node"}, flags...))}
	}
	return corev1.ContainerArgs{
		Name:            pulumi.String(nodeName),
		Image:           pulumi.String(artifacts.CalicoNode().String()),
		Env:             variables("NODENAME", a.settings()),
		Resources:       corev1.ResourceRequirementsArgs{Requests: pulumi.ToStringMap(map[string]string{"cpu": "100m", "memory": "128Mi"})},
		SecurityContext: corev1.SecurityContextArgs{Privileged: pulumi.Bool(true)}, // upstream's; it sets sysctls and loads modules
		Lifecycle:       corev1.LifecycleArgs{PreStop: corev1.LifecycleHandlerArgs{Exec: command("-shutdown")}},
		LivenessProbe: corev1.ProbeArgs{
			Exec: command("-felix-live"), InitialDelaySeconds: pulumi.Int(10), PeriodSeconds: pulumi.Int(10), TimeoutSeconds: pulumi.Int(10), FailureThreshold: pulumi.Int(6),
		},
		ReadinessProbe: corev1.ProbeArgs{Exec: command("-felix-ready"), PeriodSeconds: pulumi.Int(10), TimeoutSeconds: pulumi.Int(10)},
		VolumeMounts: corev1.VolumeMountArray{
			mount("lib-modules", "/lib/modules"), mount("run", "/var/run/calico"), mount("lib", "/var/lib/calico"),
			mount("xtables-lock", "/run/xtables.lock"), mount("cni", "/host/etc/cni/net.d"),
		},
	}
}

// variables are settings, and one with the name of the node.
func variables(node string, settings []env) corev1.EnvVarArray {
	all := corev1.EnvVarArray{corev1.EnvVarArgs{Name: pulumi.String(node), ValueFrom: corev1.EnvVarSourceArgs{
		FieldRef: corev1.ObjectFieldSelectorArgs{ApiVersion: pulumi.String("v1"), FieldPath: pulumi.String("spec.nodeName")},
	}}}
	for _, s := range settings {
		all = append(all, variable(s))
	}
	return all
}

func variable(e env) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(e.name), Value: pulumi.String(e.value)}
}

func mount(volume, path string) corev1.VolumeMountArgs {
	return corev1.VolumeMountArgs{Name: pulumi.String(volume), MountPath: pulumi.String(path)}
}

func hostPath(name, path, kind string) corev1.VolumeArgs {
	return corev1.VolumeArgs{
		Name:     pulumi.String(name),
		HostPath: corev1.HostPathVolumeSourceArgs{Path: pulumi.String(path), Type: pulumi.String(kind)},
	}
}
