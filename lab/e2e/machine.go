package main

import (
	"context"
	"fmt"

	"slipway/lab/internal/nspawn"
)

// inMachine runs a program inside the machine behind a server, as a console
// would: no network and no login are needed.
func (st *stage) inMachine(ctx context.Context, s server, argv ...string) (string, error) {
	cmd, err := machineOf(s).Command(ctx, argv...)
	if err != nil {
		return "", err
	}
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running %v in %s: %w", argv, s.Name, err)
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
