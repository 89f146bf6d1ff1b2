package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// routeTime is above the route controller's pace of ten seconds.
const routeTime = time.Minute

// router is that of the scenario's cluster.
type router struct {
	ID, Name string
	Routes   []struct{ Destination, Nexthop string }
}

func (st *stage) router(ctx context.Context) (router, error) {
	network, err := st.network(ctx)
	if err != nil {
		return router{}, err
	}
	var answer struct{ Routers []router }
	if _, err := network.Get(ctx, network.ServiceURL("routers"), &answer, nil); err != nil {
		return router{}, err
	}
	if len(answer.Routers) != 1 {
		return router{}, fmt.Errorf("the project has %d routers, want that of the cluster", len(answer.Routers))
	}
	return answer.Routers[0], nil
}

// routesFollow wants exactly one route for each node's pods, to the node.
func routesFollow(ctx context.Context, st *stage) error {
	out, err := st.kubectl(ctx, "get", "nodes", "--output=json")
	if err != nil {
		return err
	}
	var list struct {
		Items []struct {
			Spec   struct{ PodCIDR string }
			Status struct {
				Addresses []struct{ Type, Address string }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return fmt.Errorf("reading the nodes: %w", err)
	}
	var want []string
	for _, n := range list.Items {
		for _, a := range n.Status.Addresses {
			if a.Type == "InternalIP" {
				want = append(want, n.Spec.PodCIDR+" to "+a.Address)
			}
		}
	}
	slices.Sort(want)
	if len(want) == 0 {
		return errors.New("the cluster has no nodes")
	}
	return poll(ctx, routeTime, func() error {
		r, err := st.router(ctx)
		if err != nil {
			return err
		}
		var got []string
		for _, route := range r.Routes {
			got = append(got, route.Destination+" to "+route.Nexthop)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("the routes are %v, want %v", got, want)
		}
		return nil
	})
}
