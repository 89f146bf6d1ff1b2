package rookceph

import "slipway/internal/artifacts"

// operatorValues is what is set of the operator's chart:
// https://github.com/rook/rook/blob/v1.20.6/deploy/charts/rook-ceph/values.yaml
type operatorValues struct {
	Image imageValues `json:"image"`
	CSI   csiValues   `json:"csi"`
	// AllowLoopDevices lets disks be loop devices. It adds none: disks are named.
	AllowLoopDevices bool       `json:"allowLoopDevices"`
	Monitoring       onOff      `json:"monitoring"`
	Priority         string     `json:"priorityClassName"`
	Resources        quantities `json:"resources"`
}

type imageValues struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
}

// csiValues are the images of the CSI drivers, and that the operator of these is
// not the chart's.
type csiValues struct {
	Install     bool        `json:"installCsiOperator"`
	CephCSI     imageValues `json:"cephcsi"`
	Attacher    imageValues `json:"attacher"`
	Provisioner imageValues `json:"provisioner"`
	Registrar   imageValues `json:"registrar"`
	Resizer     imageValues `json:"resizer"`
	Snapshotter imageValues `json:"snapshotter"`
}

type onOff struct {
	Enabled bool `json:"enabled"`
}

// quantities are requests, and limits where upstream's are not wanted.
type quantities struct {
	Requests map[string]string `json:"requests"`
	Limits   map[string]string `json:"limits,omitempty"`
}

func (a *RookCephArgs) operatorValues() operatorValues {
	beside := artifacts.CephCSISidecars()
	return operatorValues{
		Image: imageValues(artifacts.Rook()),
		CSI: csiValues{
			CephCSI: imageValues(artifacts.CephCSI()), Attacher: imageValues(beside["attacher"]),
			Provisioner: imageValues(beside["provisioner"]), Registrar: imageValues(beside["registrar"]),
			Resizer: imageValues(beside["resizer"]), Snapshotter: imageValues(beside["snapshotter"]),
		},
		AllowLoopDevices: true,
		Monitoring:       onOff{a.Monitored},
		Priority:         "system-cluster-critical",
		Resources:        quantities{Requests: map[string]string{"cpu": "50m", "memory": "128Mi"}},
	}
}
