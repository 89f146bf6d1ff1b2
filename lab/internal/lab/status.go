package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"slipway/lab/internal/agent"
	"slipway/lab/internal/cloud"
)

// Status is the lab as a whole. It is healthy when each API has answered an
// authenticated call, all services report, and the agent follows the cloud.
type Status struct {
	Healthy  bool                  `json:"healthy"`
	Problems []string              `json:"problems"`
	APIs     []cloud.Check         `json:"apis"`
	Services []cloud.Unit          `json:"services"`
	Agent    string                `json:"agent"`
	Machines []agent.MachineStatus `json:"machines"`
}

// Status looks at everything now.
func (l Lab) Status(ctx context.Context) Status {
	c := cloud.New(l.Paths.Cloud(), nil)
	return l.status(ctx, c, c.Monitor())
}

func (l Lab) status(ctx context.Context, c cloud.Cloud, monitor *cloud.Monitor) Status {
	s := Status{Problems: []string{}, APIs: []cloud.Check{}, Services: []cloud.Unit{}}
	if c.Machine().Running() {
		s.APIs = monitor.Check(ctx)
		s.Problems = append(s.Problems, cloud.Problems(s.APIs)...)
		units, err := c.Units(ctx)
		if err != nil {
			s.Problems = append(s.Problems, err.Error())
		}
		for _, u := range units {
			if u.State != "active" {
				s.Problems = append(s.Problems, fmt.Sprintf("service %s is %s", u.Name, u.State))
			}
		}
		s.Services = append(s.Services, units...)
	} else {
		s.Problems = append(s.Problems, "the cloud is not running")
	}
	var problem string
	if s.Agent, s.Machines, problem = l.agentStatus(); problem != "" {
		s.Problems = append(s.Problems, problem)
	}
	s.Healthy = len(s.Problems) == 0
	return s
}

// waitHealthy polls until everything works, telling what is being waited for.
func (l Lab) waitHealthy(ctx context.Context, c cloud.Cloud, limit time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	monitor, told, restarted := c.Monitor(), "", false
	for {
		s := l.status(limited, c, monitor)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.Healthy {
			return nil
		}
		if !c.Machine().Running() {
			if restarted {
				return fmt.Errorf("the cloud's machine has ended twice: see %s", c.Machine().Console())
			}
			restarted = true // it was just shutting down when we came
			if err := c.Start(ctx); err != nil {
				return err
			}
		}
		if now := s.waitingFor(); now != told {
			l.Progress("waiting for " + now)
			told = now
		}
		select {
		case <-limited.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("not healthy after %s: %s (`lab logs NAME` shows more)", limit, strings.Join(s.Problems, "; "))
		case <-time.After(time.Second):
		}
	}
}

// waitingFor names what is not ready, without the details.
func (s Status) waitingFor() string {
	var names []string
	for _, c := range s.APIs {
		if c.Problem != "" {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return strings.Join(s.Problems, ", ")
	}
	return strings.Join(names, ", ")
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
		fmt.Fprintln(w, "NOT healthy:\n  "+strings.Join(s.Problems, "\n  "))
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
