package cloud

import (
	"context"
	"errors"
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

// heartbeat is how services tell Nova, Cinder, Neutron and Designate that they are alive.
type heartbeat struct{ name, state, at string }

// Monitor asks for the cloud's health, again and again for the price of one login.
type Monitor struct {
	cloud Cloud
	api   *api
}

// Monitor returns a monitor of the cloud.
func (c Cloud) Monitor() *Monitor { return &Monitor{cloud: c} }

// Check asks every API something that needs a valid token, and the four
// services with workers of their own whether those report. Only reports made
// since the cloud has been started count.
func (m *Monitor) Check(ctx context.Context) []Check {
	since, err := m.cloud.machine.StartedAt()
	if err != nil {
		return []Check{{"machine", err.Error()}}
	}
	if err := m.login(ctx); err != nil {
		return []Check{{"keystone", err.Error()}}
	}
	get := func(portAndPath string) func() error {
		return func() error { return m.api.get(ctx, portAndPath, nil) }
	}
	var checks []Check
	for _, probe := range []struct {
		name string
		run  func() error
	}{
		{"keystone", get(":5000/v3/auth/projects")},
		{"glance", get(":9292/v2/images?limit=1")},
		{"placement", get(":8778/resource_providers")},
		{"neutron", func() error { return m.api.neutronAgents(ctx, since) }},
		{"nova", func() error { return m.api.novaServices(ctx, since) }},
		{"nova-metadata", get(":8775/")},
		{"cinder", func() error { return m.api.cinderServices(ctx, since) }},
		{"octavia", get(":9876/v2/lbaas/loadbalancers?limit=1")},
		{"designate", func() error { return m.api.designateServices(ctx, since) }},
	} {
		check := Check{Name: probe.name}
		if err := probe.run(); err != nil {
			check.Problem = err.Error()
		}
		checks = append(checks, check)
	}
	return checks
}

// login makes sure of a token; when Keystone no longer takes it, of a new one.
func (m *Monitor) login(ctx context.Context) error {
	if m.api != nil && m.api.get(ctx, ":5000/v3/auth/projects", nil) == nil {
		return nil
	}
	secrets, err := m.cloud.secrets()
	if err != nil {
		return err
	}
	m.api, err = login(ctx, secrets.Admin)
	return err
}

// Problems are the checks that failed, one line each.
func Problems(checks []Check) []string {
	var problems []string
	for _, c := range checks {
		if c.Problem != "" {
			problems = append(problems, c.Name+": "+c.Problem)
		}
	}
	return problems
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
	if err := missing([]string{"cinder-scheduler", "cinder-volume"}, beats, since); err != nil {
		return err
	}
	return a.cinderPools(ctx)
}

// cinderPools checks that the scheduler knows where to put a volume: it learns
// so from the next report of the volume service, and refuses volumes until then.
func (a *api) cinderPools(ctx context.Context) error {
	var reply struct {
		Pools []struct{ Name string }
	}
	if err := a.get(ctx, ":8776/v3/"+a.project+"/scheduler-stats/get_pools", &reply); err != nil {
		return err
	}
	if len(reply.Pools) == 0 {
		return errors.New("waiting for the storage pool")
	}
	return nil
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

func (a *api) designateServices(ctx context.Context, since time.Time) error {
	var reply struct {
		Services []struct {
			Name   string `json:"service_name"`
			Status string
			At     string `json:"heartbeated_at"`
		} `json:"service_statuses"`
	}
	if err := a.get(ctx, ":9001/v2/service_statuses", &reply); err != nil {
		return err
	}
	var beats []heartbeat
	for _, s := range reply.Services {
		beats = append(beats, heartbeat{"designate-" + s.Name, strings.ToLower(s.Status), s.At})
	}
	return missing([]string{"designate-central", "designate-worker", "designate-mdns"}, beats, since)
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
	at, err := parseBeat(b.at)
	return err == nil && b.state == "up" && at.After(since)
}

// parseBeat reads the times of Nova, Cinder and Designate, and of Neutron, all UTC.
func parseBeat(at string) (time.Time, error) {
	return time.Parse("2006-01-02T15:04:05", strings.Replace(at, " ", "T", 1))
}
