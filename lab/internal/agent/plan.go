package agent

import (
	"cmp"
	"slices"
)

// Power is what a server's status means for its machine.
type Power int

// The zero value leaves the machine as it is: a status that is neither on nor
// off (BUILD, ERROR, ...) says nothing about what the guest should do.
const (
	Keep Power = iota
	On
	Off
)

// powerOf translates a Nova status.
func powerOf(status string) Power {
	switch status {
	case "ACTIVE", "REBOOT", "HARD_REBOOT", "PASSWORD":
		return On
	case "SHUTOFF", "SHELVED", "SHELVED_OFFLOADED":
		return Off
	default:
		return Keep
	}
}

// Server is what the cloud wants.
type Server struct {
	ID, Name, Status string
	// Request is the newest Nova request that lets a guest boot: create, start, reboot, ...
	Request string
	// Rebuild says that this request also wants a fresh disk.
	Rebuild bool
	// MACs and Volumes identify what is attached, sorted.
	MACs, Volumes []string
}

// Machine is what this host has.
type Machine struct {
	ID string
	// Running says that the machine's systemd is alive.
	Running bool
	// Holds says that network, mounts or loop devices of a run are still in place.
	Holds bool
	// Request is the one this machine last followed by booting.
	Request string
	// Resume says that its last run ended without the guest's doing: the lab or
	// the host went down, or the guest asked for a reboot.
	Resume bool
	// MACs and Volumes are what it was last given, sorted.
	MACs, Volumes []string
}

// Step is one change to one machine.
type Step string

// The steps.
const (
	Boot      Step = "boot"
	Restart   Step = "restart"
	Stop      Step = "stop"
	Settle    Step = "settle" // give back what an ended machine holds
	Remove    Step = "remove"
	PlugPorts Step = "ports"
	PlugDisks Step = "disks"
)

// Action is a step for a machine, and why it is taken.
type Action struct {
	ID     string
	Step   Step
	Reason string
}

// Plan compares what the cloud wants with what this host has and returns at
// most one action per machine, ordered by id.
func Plan(servers []Server, machines []Machine) []Action {
	have := map[string]*Machine{}
	for i := range machines {
		have[machines[i].ID] = &machines[i]
	}
	var actions []Action
	add := func(id string, step Step, reason string) {
		if step != "" {
			actions = append(actions, Action{ID: id, Step: step, Reason: reason})
		}
	}
	for i := range servers {
		step, reason := decide(&servers[i], have[servers[i].ID])
		add(servers[i].ID, step, reason)
		delete(have, servers[i].ID)
	}
	for id := range have {
		add(id, Remove, "the server is gone")
	}
	slices.SortFunc(actions, func(a, b Action) int { return cmp.Compare(a.ID, b.ID) })
	return actions
}

// decide returns the step that brings the machine closer to its server; "" for none.
func decide(s *Server, m *Machine) (Step, string) {
	power := powerOf(s.Status)
	switch {
	case m == nil && power == On:
		return Boot, "the server is new"
	case m == nil:
		return "", ""
	case power == On && m.Request != s.Request && m.Running:
		return Restart, "the server was rebooted"
	case power == On && m.Request != s.Request:
		return Boot, "the server was started"
	case power == On && !m.Running && m.Resume:
		return Boot, "its last run was interrupted"
	case power == Off && m.Running:
		return Stop, "the server is off"
	case !m.Running && m.Holds:
		// A guest that powers itself off stays off, as in any cloud, until
		// someone starts or reboots the server.
		return Settle, "it ended by itself"
	case m.Running && !slices.Equal(m.MACs, s.MACs):
		return PlugPorts, "its ports changed"
	case m.Running && !slices.Equal(m.Volumes, s.Volumes):
		return PlugDisks, "its volumes changed"
	}
	return "", ""
}
