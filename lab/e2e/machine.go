package main

import (
	"context"
	"fmt"

	"github.com/gophercloud/gophercloud/v2/openstack"

	"slipway/lab/internal/nspawn"
)

// inside runs a program inside a machine, as a console would: no network and no
// login are needed.
func inside(ctx context.Context, m nspawn.Machine, argv ...string) (string, error) {
	cmd, err := m.Command(ctx, argv...)
	if err != nil {
		return "", err
	}
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running %v in machine %s: %w", argv, m.Name, err)
	}
	return string(out), nil
}

// machineOf names the machine that the lab runs for a server.
func machineOf(s server) nspawn.Machine { return nspawn.Machine{Name: "slipway-" + s.ID[:8]} }

// serverNamed finds a server by its host name.
func (l *lab) serverNamed(ctx context.Context, name string) (server, error) {
	servers, err := l.servers(ctx)
	if err != nil {
		return server{}, err
	}
	for _, s := range servers {
		if s.Name == name {
			return s, nil
		}
	}
	return server{}, fmt.Errorf("the cloud has no server %s", name)
}

type server struct {
	ID, Name string
	UserData string `json:"OS-EXT-SRV-ATTR:user_data"`
}

// servers lists all servers of the cloud the way an administrator sees them.
func (l *lab) servers(ctx context.Context) ([]server, error) {
	client, endpoints, err := l.connect(ctx, adminCloud)
	if err != nil {
		return nil, err
	}
	compute, err := openstack.NewComputeV2(client, endpoints)
	if err != nil {
		return nil, err
	}
	compute.Microversion = "2.3" // the first one that shows user data
	var answer struct{ Servers []server }
	_, err = compute.Get(ctx, compute.ServiceURL("servers", "detail")+"?all_tenants=1", &answer, nil)
	return answer.Servers, err
}
