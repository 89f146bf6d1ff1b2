package agent

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/lab/internal/machine"
)

// Status is the content of run/machines.json, for `lab status`.
type Status struct {
	// PID is the agent's process id, Started its start, Updated the last look.
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Updated time.Time `json:"updated"`
	// Problem says why the cloud cannot be followed, "" when it can.
	Problem string `json:"problem"`
	// Machines are ordered by name.
	Machines []MachineStatus `json:"machines"`
}

// MachineStatus is one machine, or a server that is about to get one.
type MachineStatus struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Server is Nova's status, "" for a server that is gone.
	Server string `json:"server"`
	// State is running, off, or the step under way (boot, stop, ...).
	State string `json:"state"`
	// Note explains a state that is not what the server's status suggests.
	Note    string   `json:"note"`
	Address string   `json:"address"`
	Netns   string   `json:"netns"`
	PID     int      `json:"pid"`
	Volumes []string `json:"volumes"`
	Boots   int      `json:"boots"`
	// Started is when it was last started, BootSeconds the time until SSH answered.
	Started     time.Time `json:"started"`
	BootSeconds float64   `json:"bootSeconds"`
}

// StatusFile is where the agent of a lab writes its status.
func StatusFile(runDir string) string { return filepath.Join(runDir, "machines.json") }

func (a *agent) writeStatus() error {
	a.mu.Lock()
	status := Status{PID: os.Getpid(), Started: a.started, Updated: time.Now(), Problem: a.problem}
	for _, m := range a.machines {
		status.Machines = append(status.Machines, m.status(a.servers))
	}
	a.mu.Unlock()
	slices.SortFunc(status.Machines, func(x, y MachineStatus) int { return strings.Compare(x.Name+x.ID, y.Name+y.ID) })
	return machine.WriteJSON(StatusFile(a.paths.Run()), status)
}

func (m *member) status(servers []Server) MachineStatus {
	spec := m.record.Spec
	s := MachineStatus{
		ID: spec.ID, Name: spec.Name, State: "off", Note: m.note, Address: spec.Address(), Netns: spec.HostName(),
		PID: m.leader, Boots: m.record.Boots, Started: m.record.Started, BootSeconds: m.bootSeconds,
	}
	if i := slices.IndexFunc(servers, func(server Server) bool { return server.ID == spec.ID }); i >= 0 {
		s.Server = servers[i].Status
	}
	switch {
	case m.busy != "":
		s.State = string(m.busy)
	case m.leader != 0:
		s.State = "running"
	}
	if s.State == "off" && s.Note == "" && powerOf(s.Server) == On {
		s.Note = "ended without Nova (power-off from inside, or a power cut); `openstack server reboot --hard` starts it"
	}
	for _, disk := range spec.Disks {
		s.Volumes = append(s.Volumes, disk.Volume)
	}
	return s
}
