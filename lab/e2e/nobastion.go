package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// noBastion: the deploying machine has a route into the network, so nodes are
// entered directly.
func noBastion() scenario {
	return scenario{
		name: "no-bastion", story: "no jump host: SSH and the API at the nodes' own addresses, by a route to their network",
		stack: noBastionStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up, make up again and make destroy, with a route to the network", withRoute},
			{"the project is empty", projectIsEmpty},
		},
	}
}

const routedNetwork = "10.20.0.0/24"

// withRoute keeps the route no longer than the stack.
func withRoute(ctx context.Context, st *stage) error {
	routing, stop := context.WithCancel(ctx)
	routed := make(chan error, 1)
	go func() { routed <- st.route(routing) }()
	err := upTwice(ctx, st)
	stop()
	err = errors.Join(err, <-routed)
	// Gone already with the router's address, if the network is.
	_ = exec.CommandContext(context.WithoutCancel(ctx), "ip", "route", "del", routedNetwork).Run()
	return err
}

func upTwice(ctx context.Context, st *stage) error {
	for _, do := range []func(context.Context, *stage) error{makeUp, nodesReady, secondUp, destroyStack} {
		if err := do(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

// route leads to the network through its router, as soon as there is one.
func (st *stage) route(ctx context.Context) error {
	network, err := st.network(ctx)
	if err != nil {
		return err
	}
	return poll(ctx, 10*time.Minute, func() error {
		var answer struct {
			Routers []struct {
				Gateway struct {
					Addresses []struct {
						Address string `json:"ip_address"`
					} `json:"external_fixed_ips"`
				} `json:"external_gateway_info"`
			} `json:"routers"`
		}
		if _, err := network.Get(ctx, network.ServiceURL("routers"), &answer, nil); err != nil {
			return err
		}
		if len(answer.Routers) != 1 || len(answer.Routers[0].Gateway.Addresses) == 0 {
			return fmt.Errorf("there is no router yet")
		}
		out, err := exec.CommandContext(ctx, "ip", "route", "replace", routedNetwork, "via", answer.Routers[0].Gateway.Addresses[0].Address).CombinedOutput()
		if err != nil {
			return fmt.Errorf("adding the route: %w: %s", err, out)
		}
		return nil
	})
}
