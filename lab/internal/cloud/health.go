package cloud

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Check is the health of one part of the cloud.
type Check struct {
	// Name is the service's.
	Name string `json:"name"`
	// Problem is empty when all is well.
	Problem string `json:"problem,omitempty"`
}

// heartbeat is how services tell Nova, Cinder and Neutron that they are alive.
type heartbeat struct{ name, state, at string }

// Health asks every API something that needs a valid token, and the three
// services with workers of their own whether those report. Only reports made
// since the cloud has been started count.
func (c Cloud) Health(ctx context.Context) []Check {
	since, err := c.machine.StartedAt()
	if err != nil {
		return []Check{{"machine", err.Error()}}
	}
	secrets, err := c.secrets()
	if err != nil {
		return []Check{{"machine", err.Error()}}
	}
	a, err := login(ctx, secrets.Admin)
	if err != nil {
		return []Check{{"keystone", err.Error()}}
	}
	checks := []Check{{Name: "keystone"}}
	for _, probe := range []struct {
		name string
		run  func() error
	}{
		{"glance", func() error { return a.get(ctx, ":9292/v2/images?limit=1", nil) }},
		{"placement", func() error { return a.get(ctx, ":8778/resource_providers", nil) }},
		{"neutron", func() error { return a.neutronAgents(ctx, since) }},
		{"nova", func() error { return a.novaServices(ctx, since) }},
		{"nova-metadata", func() error { return a.get(ctx, ":8775/", nil) }},
		{"cinder", func() error { return a.cinderServices(ctx, since) }},
		{"octavia", func() error { return a.get(ctx, ":9876/v2/lbaas/loadbalancers?limit=1", nil) }},
	} {
		check := Check{Name: probe.name}
		if err := probe.run(); err != nil {
			check.Problem = err.Error()
		}
		checks = append(checks, check)
	}
	return checks
}

// Problem sums up checks in one line, empty when all is well.
func Problem(checks []Check) string {
	var problems []string
	for _, c := range checks {
		if c.Problem != "" {
			problems = append(problems, c.Name+": "+c.Problem)
		}
	}
	return strings.Join(problems, "; ")
}

func (a *api) novaServices(ctx context.Context, since time.Time) error {
	want := []string{"nova-conductor", "nova-scheduler"}
	for _, host := range computeHosts() {
		want = append(want, "nova-compute "+host)
	}
	var reply struct {
		Services []struct {
			Binary, Host, State string
			UpdatedAt           string `json:"updated_at"`
		}
	}
	if err := a.get(ctx, ":8774/v2.1/os-services", &reply); err != nil {
		return err
	}
	var beats []heartbeat
	for _, s := range reply.Services {
		name := s.Binary
		if name == "nova-compute" {
			name += " " + s.Host
		}
		beats = append(beats, heartbeat{name, s.State, s.UpdatedAt})
	}
	return missing(want, beats, since)
}

func (a *api) cinderServices(ctx context.Context, since time.Time) error {
	var reply struct {
		Services []struct {
			Binary, State string
			UpdatedAt     string `json:"updated_at"`
		}
	}
	if err := a.get(ctx, ":8776/v3/"+a.project+"/os-services", &reply); err != nil {
		return err
	}
	var beats []heartbeat
	for _, s := range reply.Services {
		beats = append(beats, heartbeat{s.Binary, s.State, s.UpdatedAt})
	}
	return missing([]string{"cinder-scheduler", "cinder-volume"}, beats, since)
}

func (a *api) neutronAgents(ctx context.Context, since time.Time) error {
	var reply struct {
		Agents []struct {
			Binary    string
			Alive     bool
			Heartbeat string `json:"heartbeat_timestamp"`
		}
	}
	if err := a.get(ctx, ":9696/v2.0/agents", &reply); err != nil {
		return err
	}
	var beats []heartbeat
	for _, agent := range reply.Agents {
		state := "down"
		if agent.Alive {
			state = "up"
		}
		beats = append(beats, heartbeat{agent.Binary, state, agent.Heartbeat})
	}
	return missing([]string{"neutron-linuxbridge-agent", "neutron-l3-agent", "neutron-dhcp-agent", "neutron-metadata-agent"}, beats, since)
}

// missing says which of the wanted services have not reported since then.
func missing(want []string, beats []heartbeat, since time.Time) error {
	var absent []string
	for _, name := range want {
		if !slices.ContainsFunc(beats, func(b heartbeat) bool { return b.name == name && b.fresh(since) }) {
			absent = append(absent, name)
		}
	}
	if len(absent) > 0 {
		return fmt.Errorf("waiting for %s", strings.Join(absent, ", "))
	}
	return nil
}

func (b heartbeat) fresh(since time.Time) bool {
	at, err := time.Parse("2006-01-02T15:04:05", strings.Replace(b.at, " ", "T", 1))
	return err == nil && b.state == "up" && at.After(since)
}
