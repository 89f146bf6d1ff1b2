package flannel

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Where things are on the node, and the same inside the pod.
const (
	pluginDir   = "/opt/cni/bin"
	cniDir      = "/etc/cni/net.d"
	runDir      = "/run/flannel"
	xtablesLock = "/run/xtables.lock"

	configDir = "/etc/kube-flannel" // in the pod only; flanneld looks here
)

// startSeconds is how long the daemon may take to set a node up before it is restarted.
const startSeconds = 120

// podArgs are the parts of the daemon's pod that vary.
type podArgs struct {
	Image, PluginImage string
	Backend            Backend
	Account, ConfigMap pulumi.StringInput
}

func (a podArgs) spec() corev1.PodSpecArgs {
	return corev1.PodSpecArgs{
		HostNetwork:        pulumi.Bool(true), // it is what gives other pods a network
		PriorityClassName:  pulumi.String("system-node-critical"),
		ServiceAccountName: a.Account,
		NodeSelector:       pulumi.ToStringMap(map[string]string{"kubernetes.io/os": "linux"}),
		// A node is tainted until it has a network, and a cordoned or full one still needs it.
		Tolerations: corev1.TolerationArray{
			corev1.TolerationArgs{Operator: pulumi.String("Exists"), Effect: pulumi.String("NoSchedule")},
			corev1.TolerationArgs{Operator: pulumi.String("Exists"), Effect: pulumi.String("NoExecute")},
		},
		InitContainers: corev1.ContainerArray{
			install("install-plugin", a.PluginImage, "/flannel", pluginDir+"/flannel", mount("plugins", pluginDir)),
			install("install-config", a.Image, configDir+"/"+cniConfFile, cniDir+"/10-flannel.conflist",
				mount("cni", cniDir), mount("config", configDir)),
		},
		Containers: corev1.ContainerArray{a.daemon()},
		Volumes: corev1.VolumeArray{
			hostPath("run", runDir, "DirectoryOrCreate"),
			hostPath("plugins", pluginDir, "DirectoryOrCreate"),
			hostPath("cni", cniDir, "DirectoryOrCreate"),
			hostPath("xtables-lock", xtablesLock, "FileOrCreate"), // shared with kube-proxy
			corev1.VolumeArgs{Name: pulumi.String("config"), ConfigMap: corev1.ConfigMapVolumeSourceArgs{Name: a.ConfigMap}},
		},
	}
}

func (a podArgs) daemon() corev1.ContainerArgs {
	command := []string{"/opt/bin/flanneld", "--ip-masq", "--kube-subnet-mgr"}
	if a.Backend == Alloc {
		// Whether a node has a network is for those to say who make the routes.
		command = append(command, "--set-node-network-unavailable=false")
	}
	return corev1.ContainerArgs{
		Name:    pulumi.String("flannel"),
		Image:   pulumi.String(a.Image),
		Command: pulumi.ToStringArray(command),
		Env: corev1.EnvVarArray{
			// With the node's name the daemon need not look its own pod up, nor
			// be allowed to read pods.
			corev1.EnvVarArgs{
				Name: pulumi.String("NODE_NAME"),
				ValueFrom: corev1.EnvVarSourceArgs{
					FieldRef: corev1.ObjectFieldSelectorArgs{ApiVersion: pulumi.String("v1"), FieldPath: pulumi.String("spec.nodeName")},
				},
			},
		},
		Resources: corev1.ResourceRequirementsArgs{
			Requests: pulumi.ToStringMap(map[string]string{"cpu": "100m", "memory": "50Mi"}), // upstream's
		},
		SecurityContext: corev1.SecurityContextArgs{
			Privileged:   pulumi.Bool(false),
			Capabilities: corev1.CapabilitiesArgs{Add: pulumi.ToStringArray([]string{"NET_ADMIN", "NET_RAW"})},
		},
		// The daemon writes this file for its plugin once the node has its
		// subnet. Until then it is not ready, and neither is the DaemonSet.
		StartupProbe: corev1.ProbeArgs{
			Exec:             corev1.ExecActionArgs{Command: pulumi.ToStringArray([]string{"test", "-s", runDir + "/subnet.env"})},
			PeriodSeconds:    pulumi.Int(1),
			FailureThreshold: pulumi.Int(startSeconds),
		},
		VolumeMounts: corev1.VolumeMountArray{mount("run", runDir), mount("config", configDir), mount("xtables-lock", xtablesLock)},
	}
}

// install copies one file of an image onto the node.
func install(name, image, from, to string, mounts ...corev1.VolumeMountInput) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:         pulumi.String(name),
		Image:        pulumi.String(image),
		Command:      pulumi.ToStringArray([]string{"cp", "-f", from, to}),
		VolumeMounts: corev1.VolumeMountArray(mounts),
	}
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
