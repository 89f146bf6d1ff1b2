package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
)

// inside runs a program inside a machine, as a console would: no network and no
// login are needed. The machine "cloud" is the local cloud's own.
func (l *lab) inside(ctx context.Context, name string, argv ...string) (string, error) {
	cmd, err := l.local().Command(ctx, name, argv...)
	if err != nil {
		return "", err
	}
	stderr := &strings.Builder{}
	cmd.Stderr = stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running %v in machine %s: %w: %s", argv, name, err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// fault does something to a machine with a command of the lab: kill, freeze,
// thaw, cut, mend.
func (st *stage) fault(ctx context.Context, what, name string) error {
	_, err := st.run(ctx, command{argv: []string{"bin/lab", what, name}})
	return err
}

// power asks Nova for an action on a server that changes whether it runs.
func (st *stage) power(ctx context.Context, name string, action map[string]any) error {
	compute, err := st.compute(ctx, userCloud)
	if err != nil {
		return err
	}
	m, err := st.local().Find(name)
	if err != nil {
		return err
	}
	// Nova refuses while it is still busy with the last action.
	return poll(ctx, time.Minute, func() error {
		_, err := compute.Post(ctx, compute.ServiceURL("servers", m.ID, "action"), action, nil, nil)
		return err
	})
}

func shutDown(ctx context.Context, st *stage, name string) error {
	return st.power(ctx, name, map[string]any{"os-stop": nil})
}

func start(ctx context.Context, st *stage, name string) error {
	return st.power(ctx, name, map[string]any{"os-start": nil})
}

// hardReboot starts a machine again that has lost its power.
func hardReboot(ctx context.Context, st *stage, name string) error {
	return st.power(ctx, name, map[string]any{"reboot": map[string]any{"type": "HARD"}})
}

// holders are the machines that have an address on one of their interfaces, as
// seen from outside: a frozen machine is among them.
func (l *lab) holders(ctx context.Context, address string) ([]string, error) {
	machines, err := l.local().Machines()
	if err != nil {
		return nil, err
	}
	var holders []string
	for _, m := range machines {
		out, err := exec.CommandContext(ctx, "ip", "-n", m.HostName(), "-oneline", "address", "show", "to", address).Output()
		if err == nil && len(out) > 0 { // else it is off
			holders = append(holders, m.Name)
		}
	}
	return holders, nil
}

type server struct {
	ID, Name string
	Zone     string `json:"OS-EXT-AZ:availability_zone"`
	UserData string `json:"OS-EXT-SRV-ATTR:user_data"`
}

// servers lists all servers of the cloud the way an administrator sees them.
func (l *lab) servers(ctx context.Context) ([]server, error) {
	compute, err := l.compute(ctx, adminCloud)
	if err != nil {
		return nil, err
	}
	compute.Microversion = "2.3" // the first one that shows user data
	var answer struct{ Servers []server }
	_, err = compute.Get(ctx, compute.ServiceURL("servers", "detail")+"?all_tenants=1", &answer, nil)
	return answer.Servers, err
}

func (l *lab) compute(ctx context.Context, cloud string) (*gophercloud.ServiceClient, error) {
	client, endpoints, err := l.connect(ctx, cloud)
	if err != nil {
		return nil, err
	}
	return openstack.NewComputeV2(client, endpoints)
}

func (l *lab) network(ctx context.Context) (*gophercloud.ServiceClient, error) {
	client, endpoints, err := l.connect(ctx, userCloud)
	if err != nil {
		return nil, err
	}
	return openstack.NewNetworkV2(client, endpoints)
}
