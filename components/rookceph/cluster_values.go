package rookceph

import (
	"fmt"

	"slipway/internal/artifacts"
)

// clusterValues is what is set of the cluster's chart:
// https://github.com/rook/rook/blob/v1.20.6/deploy/charts/rook-ceph-cluster/values.yaml
type clusterValues struct {
	OperatorNamespace string         `json:"operatorNamespace"`
	Image             imageValues    `json:"cephImage"`
	Toolbox           toolboxValues  `json:"toolbox"`
	Monitoring        watchedValues  `json:"monitoring"`
	Cluster           clusterSpec    `json:"cephClusterSpec"`
	BlockPools        []poolValues   `json:"cephBlockPools"`
	Filesystems       []poolValues   `json:"cephFileSystems"`
	ObjectStores      []objectValues `json:"cephObjectStores"`
}

type toolboxValues struct {
	Enabled   bool       `json:"enabled"`
	Resources quantities `json:"resources"`
}

type watchedValues struct {
	Enabled bool `json:"enabled"`
	Rules   bool `json:"createPrometheusRules"`
}

type clusterSpec struct {
	// Config are Ceph's own settings, by the daemons that they are for.
	Config      map[string]map[string]string `json:"cephConfig,omitempty"`
	Mon         count                        `json:"mon"`
	Mgr         count                        `json:"mgr"`
	Cleanup     cleanup                      `json:"cleanupPolicy"`
	Placement   map[string]placement         `json:"placement"`
	Resources   map[string]quantities        `json:"resources"`
	Storage     storageSpec                  `json:"storage"`
	Disruptions disruptions                  `json:"disruptionManagement"`
}

type count struct {
	Count int `json:"count"`
}

type cleanup struct {
	// Confirmation is empty, or the sentence at which Rook clears disks.
	Confirmation string `json:"confirmation"`
}

// storageSpec takes nothing that is not named: nodes are added to what the chart
// makes of it, as the names of their disks may not be known yet.
type storageSpec struct {
	AllNodes   bool `json:"useAllNodes"`
	AllDevices bool `json:"useAllDevices"`
}

type disruptions struct {
	ManagePodBudgets bool `json:"managePodBudgets"`
}

func (a *RookCephArgs) clusterValues() clusterValues {
	v := clusterValues{
		OperatorNamespace: namespace,
		Image:             imageValues(artifacts.Ceph()),
		Toolbox:           toolboxValues{true, requests("10m", "64Mi")},
		Monitoring:        watchedValues{a.Monitored, a.Monitored},
		Cluster: clusterSpec{
			Mon: count{1}, Mgr: count{1}, Disruptions: disruptions{true},
			Placement: map[string]placement{"all": a.placement()},
			Resources: a.resources(),
		},
		BlockPools: []poolValues{}, Filesystems: []poolValues{}, ObjectStores: []objectValues{},
	}
	// Three have a majority while one is away; two of them would not.
	if len(a.Nodes) >= quorum {
		v.Cluster.Mon.Count = quorum
	}
	if len(a.Nodes) > 1 {
		v.Cluster.Mgr.Count = 2
	}
	// Ceph's pool for itself would look for a third place for ever.
	if len(a.Nodes) == 2 {
		v.Cluster.Config = map[string]map[string]string{"global": {"osd_pool_default_size": "2"}}
	}
	if a.DeleteData {
		v.Cluster.Cleanup.Confirmation = "yes-really-destroy-data"
	}
	if a.Block != nil {
		v.BlockPools = append(v.BlockPools, a.blockPool())
	}
	if a.Filesystem != nil {
		v.Filesystems = append(v.Filesystems, a.filesystem())
	}
	if a.ObjectStore != nil {
		v.ObjectStores = append(v.ObjectStores, a.objectStore())
	}
	return v
}

const quorum = 3

func requests(cpu, memory string) quantities {
	return quantities{Requests: map[string]string{"cpu": cpu, "memory": memory}}
}

// resources are what daemons are sure to get. Upstream's requests are for large
// clusters; its limits stay, but for the daemons of disks, which take what they
// are told that they may.
func (a *RookCephArgs) resources() map[string]quantities {
	memory := fmt.Sprintf("%dMi", a.OSDMemoryMB)
	osd := requests("200m", memory)
	osd.Limits = map[string]string{"memory": memory}
	return map[string]quantities{
		"mon": requests("100m", "512Mi"), "mgr": requests("100m", "512Mi"), "osd": osd,
		"prepareosd": requests("50m", "50Mi"), "mgr-sidecar": requests("10m", "40Mi"),
		"crashcollector": requests("10m", "60Mi"), "logcollector": requests("10m", "50Mi"),
		"exporter": requests("10m", "50Mi"), "cmd-reporter": requests("50m", "100Mi"), "cleanup": requests("50m", "100Mi"),
	}
}
