package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"slipway/lab/internal/agent"
	"slipway/lab/internal/cloud"
)

// Status is the lab as a whole. It is healthy when each API has answered an
// authenticated call, all services report, and the agent follows the cloud.
type Status struct {
	Healthy  bool                  `json:"healthy"`
	Problem  string                `json:"problem,omitempty"`
	APIs     []cloud.Check         `json:"apis"`
	Services []cloud.Unit          `json:"services"`
	Agent    string                `json:"agent"`
	Machines []agent.MachineStatus `json:"machines"`
}

// Status looks at everything now.
func (l Lab) Status(ctx context.Context) Status {
	s := Status{APIs: []cloud.Check{}, Services: []cloud.Unit{}, Machines: []agent.MachineStatus{}}
	var problems []string
	c := cloud.New(l.Paths.Cloud(), nil)
	if c.Machine().Running() {
		s.APIs = c.Health(ctx)
		if problem := cloud.Problem(s.APIs); problem != "" {
			problems = append(problems, problem)
		}
		units, err := c.Units(ctx)
		if err != nil {
			problems = append(problems, err.Error())
		}
		for _, u := range units {
			if u.State != "active" {
				problems = append(problems, fmt.Sprintf("service %s is %s", u.Name, u.State))
			}
		}
		s.Services = append(s.Services, units...)
	} else {
		problems = append(problems, "the cloud is not running")
	}
	var problem string
	if s.Agent, s.Machines, problem = l.agentStatus(); problem != "" {
		problems = append(problems, problem)
	}
	s.Problem = strings.Join(problems, "; ")
	s.Healthy = s.Problem == ""
	return s
}

func (l Lab) agentStatus() (state string, machines []agent.MachineStatus, problem string) {
	machines = []agent.MachineStatus{}
	if !agentRunning() {
		return "stopped", machines, "the agent is not running"
	}
	var report agent.Status
	text, err := os.ReadFile(agent.StatusFile(l.Paths.Run()))
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err != nil {
		return "starting", machines, "the agent has not reported yet"
	}
	if report.Problem != "" {
		return "running", report.Machines, "agent: " + report.Problem
	}
	return "running", append(machines, report.Machines...), ""
}

// Write prints the status as a table for people.
func (s Status) Write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if s.Healthy {
		fmt.Fprintln(w, "healthy")
	} else {
		fmt.Fprintln(w, "NOT healthy: "+s.Problem)
	}
	fmt.Fprintln(w, "\nAPI\tSTATE")
	for _, c := range s.APIs {
		state := "ok"
		if c.Problem != "" {
			state = c.Problem
		}
		fmt.Fprintf(w, "%s\t%s\n", c.Name, state)
	}
	fmt.Fprintln(w, "\nSERVICE\tSTATE")
	for _, u := range s.Services {
		fmt.Fprintf(w, "%s\t%s\n", u.Name, u.State)
	}
	fmt.Fprintf(w, "lab agent\t%s\n", s.Agent)
	fmt.Fprintln(w, "\nMACHINE\tSERVER\tSTATE\tADDRESS\tID\tNOTE")
	for _, m := range s.Machines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", m.Name, m.Server, m.State, m.Address, m.ID, m.Note)
	}
	return w.Flush()
}
