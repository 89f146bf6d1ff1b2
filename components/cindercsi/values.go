package cindercsi

import "slipway/internal/artifacts"

// values is what is set of the chart's values:
// https://github.com/kubernetes/cloud-provider-openstack/blob/v1.36.0/charts/cinder-csi-plugin/values.yaml
type values struct {
	CSI          csiValues    `json:"csi"`
	Secret       secretValues `json:"secret"`
	StorageClass enabled      `json:"storageClass"`
	ClusterID    string       `json:"clusterID"`
	Priority     string       `json:"priorityClassName"`
}

type csiValues struct {
	Attacher    part         `json:"attacher"`
	Provisioner provisioner  `json:"provisioner"`
	Snapshotter part         `json:"snapshotter"`
	Resizer     part         `json:"resizer"`
	Liveness    part         `json:"livenessprobe"`
	Registrar   part         `json:"nodeDriverRegistrar"`
	Plugin      pluginValues `json:"plugin"`
}

// part is a program of the driver's pods.
type part struct {
	Image     image     `json:"image"`
	Resources resources `json:"resources"`
}

type provisioner struct {
	part
	// Topology is a word in the chart, "true" or "false".
	Topology string `json:"topology"`
}

type image struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
}

type pluginValues struct {
	part
	// Volumes and VolumeMounts replace those of the chart: certificates of the
	// cloud are beside the configuration here.
	Volumes      []struct{}       `json:"volumes"`
	VolumeMounts []volumeMount    `json:"volumeMounts"`
	Controller   controllerValues `json:"controllerPlugin"`
}

type volumeMount struct {
	Name      string `json:"name"`
	MountPath string `json:"mountPath"`
	ReadOnly  bool   `json:"readOnly"`
}

type controllerValues struct {
	Replicas    int          `json:"replicas"`
	Tolerations []toleration `json:"tolerations"`
	Strategy    strategy     `json:"strategy"`
}

type toleration struct {
	Key      string `json:"key"`
	Operator string `json:"operator"`
}

type strategy struct {
	Type string `json:"type"`
}

type secretValues struct {
	Enabled bool   `json:"enabled"`
	Create  bool   `json:"create"`
	Name    string `json:"name"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

func (a *CinderCSIArgs) values() values {
	topology := "true"
	if a.IgnoreZones {
		topology = "false"
	}
	of := func(i artifacts.Image, memory string) part {
		return part{image{i.Repository, i.Tag}, resources{map[string]string{"cpu": "10m", "memory": memory}}}
	}
	const small, large = "20Mi", "32Mi"
	return values{
		CSI: csiValues{
			Attacher:    of(artifacts.CSIAttacher(), small),
			Provisioner: provisioner{of(artifacts.CSIProvisioner(), small), topology},
			Snapshotter: of(artifacts.CSISnapshotter(), small),
			Resizer:     of(artifacts.CSIResizer(), small),
			Liveness:    of(artifacts.CSILivenessProbe(), small),
			Registrar:   of(artifacts.CSINodeDriverRegistrar(), small),
			Plugin: pluginValues{
				part:         of(artifacts.CinderCSI(), large),
				Volumes:      []struct{}{},
				VolumeMounts: []volumeMount{{Name: "cloud-config", MountPath: "/etc/config", ReadOnly: true}},
				Controller: controllerValues{
					Replicas: 1,
					// A cluster whose workers are full or gone still gets its volumes.
					Tolerations: []toleration{{"node-role.kubernetes.io/control-plane", "Exists"}},
					Strategy:    strategy{"Recreate"},
				},
			},
		},
		Secret:    secretValues{Enabled: true, Name: secretName},
		ClusterID: a.Cluster,
		Priority:  "system-cluster-critical",
	}
}
