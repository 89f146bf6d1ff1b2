package agent

import (
	"testing"
)

const id = "3d5c0f6e-0000-4000-8000-000000000001"

// pair is an ACTIVE server whose machine runs as it should.
func pair() (*Server, *Machine) {
	return &Server{ID: id, Name: "node", Status: "ACTIVE", Request: "req-create", MACs: []string{"fa:16:3e:00:00:01"}, Volumes: []string{"vol-1"}},
		&Machine{ID: id, Running: true, Holds: true, Request: "req-create", MACs: []string{"fa:16:3e:00:00:01"}, Volumes: []string{"vol-1"}}
}

func TestDecide(t *testing.T) {
	off := func(m *Machine) { m.Running, m.Holds = false, false }
	for name, tc := range map[string]struct {
		change func(s *Server, m *Machine) *Machine
		want   Step
	}{
		"as it should be":             {func(_ *Server, m *Machine) *Machine { return m }, ""},
		"new server":                  {func(*Server, *Machine) *Machine { return nil }, Boot},
		"still building":              {func(s *Server, _ *Machine) *Machine { s.Status = "BUILD"; return nil }, ""},
		"stopped before first boot":   {func(s *Server, _ *Machine) *Machine { s.Status = "SHUTOFF"; return nil }, ""},
		"build failed":                {func(s *Server, _ *Machine) *Machine { s.Status = "ERROR"; return nil }, ""},
		"error later keeps it":        {func(s *Server, m *Machine) *Machine { s.Status = "ERROR"; return m }, ""},
		"stopped":                     {func(s *Server, m *Machine) *Machine { s.Status = "SHUTOFF"; return m }, Stop},
		"stopped and off":             {func(s *Server, m *Machine) *Machine { s.Status = "SHUTOFF"; off(m); return m }, ""},
		"started again":               {func(s *Server, m *Machine) *Machine { s.Request = "req-start"; off(m); return m }, Boot},
		"start asked, not yet active": {func(s *Server, m *Machine) *Machine { s.Status, s.Request = "SHUTOFF", "req-start"; off(m); return m }, ""},
		"rebooted":                    {func(s *Server, m *Machine) *Machine { s.Request = "req-reboot"; return m }, Restart},
		"reboot under way":            {func(s *Server, m *Machine) *Machine { s.Status, s.Request = "REBOOT", "req-reboot"; return m }, Restart},
		"stop and start unseen":       {func(s *Server, m *Machine) *Machine { s.Request = "req-start"; return m }, Restart},
		"powered off from inside":     {func(_ *Server, m *Machine) *Machine { m.Running = false; return m }, Settle},
		"stays off":                   {func(_ *Server, m *Machine) *Machine { off(m); return m }, ""},
		"off, then rebooted by Nova":  {func(s *Server, m *Machine) *Machine { off(m); s.Request = "req-reboot"; return m }, Boot},
		"interrupted":                 {func(_ *Server, m *Machine) *Machine { off(m); m.Resume = true; return m }, Boot},
		"interrupted, server off":     {func(s *Server, m *Machine) *Machine { s.Status = "SHUTOFF"; off(m); m.Resume = true; return m }, ""},
		"ended while server off":      {func(s *Server, m *Machine) *Machine { s.Status = "SHUTOFF"; m.Running = false; return m }, Settle},
		"port added":                  {func(s *Server, m *Machine) *Machine { s.MACs = append(s.MACs, "fa:16:3e:00:00:02"); return m }, PlugPorts},
		"port added while off":        {func(s *Server, m *Machine) *Machine { s.MACs = nil; off(m); return m }, ""},
		"volume attached":             {func(s *Server, m *Machine) *Machine { s.Volumes = append(s.Volumes, "vol-2"); return m }, PlugDisks},
		"volume detached":             {func(s *Server, m *Machine) *Machine { s.Volumes = nil; return m }, PlugDisks},
		"reboot wins over volume":     {func(s *Server, m *Machine) *Machine { s.Volumes, s.Request = nil, "req-reboot"; return m }, Restart},
		"deleted while shut off":      {func(s *Server, m *Machine) *Machine { s.ID = "other"; s.Status = "BUILD"; off(m); return m }, Remove},
		"deleted":                     {func(s *Server, m *Machine) *Machine { s.ID = "other"; s.Status = "BUILD"; return m }, Remove},
	} {
		t.Run(name, func(t *testing.T) {
			server, machine := pair()
			var machines []Machine
			if machine = tc.change(server, machine); machine != nil {
				machines = append(machines, *machine)
			}
			var got Step
			for _, action := range Plan([]Server{*server}, machines) {
				got = action.Step
			}
			if got != tc.want {
				t.Errorf("step %q, want %q", got, tc.want)
			}
		})
	}
}

func TestPlanIsOrderedAndHasOneActionPerMachine(t *testing.T) {
	servers := []Server{{ID: "c", Status: "ACTIVE"}, {ID: "a", Status: "ACTIVE"}}
	machines := []Machine{{ID: "d", Running: true}, {ID: "b"}, {ID: "a", Running: true, Request: "old"}}
	var got string
	for _, action := range Plan(servers, machines) {
		got += action.ID + ":" + string(action.Step) + " "
	}
	if want := "a:restart b:remove c:boot d:remove "; got != want {
		t.Errorf("plan %q, want %q", got, want)
	}
}
