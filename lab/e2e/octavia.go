package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
)

// octavia: the local cloud's load balancers are real to the API, but forward
// nothing. So what is deployed ends where the first packet would have to pass.
func octavia() scenario {
	return scenario{
		name: "octavia", story: "an endpoint by Octavia becomes ACTIVE with the right listener, pool, members and monitor (no traffic passes here)",
		stack: octaviaStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make preview shows the whole cluster", previewAll},
			// Its kubeadm would wait for traffic through the load balancer.
			{"make up, until the first control plane is set up", killUp(`octavia-cp1-init creating`)},
			{"the load balancer is what it should be", loadBalancerIsRight},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// previewAll makes the stack, too.
func previewAll(ctx context.Context, st *stage) error {
	_, err := st.make(ctx, "preview", nil)
	return err
}

// balancer is all of a load balancer that matters here.
type balancer struct {
	Status    string
	Port      int
	Protocols []string // listener, pool
	CIDRs     []string
	Members   []string
	Monitor   string
}

func loadBalancerIsRight(ctx context.Context, st *stage) error {
	service, err := st.loadBalancers(ctx)
	if err != nil {
		return err
	}
	got, err := readBalancer(ctx, service)
	if err != nil {
		return err
	}
	members, err := st.controlPlaneMembers(ctx)
	if err != nil {
		return err
	}
	st.say("%+v", got)
	const labHost = "10.79.0.0/24" // access.api of the dev stack
	switch {
	case got.Status != "ACTIVE":
		return fmt.Errorf("it is %s", got.Status)
	case !slices.Equal(got.Protocols, []string{"TCP", "TCP"}):
		return fmt.Errorf("listener and pool speak %v, want TCP", got.Protocols)
	case !slices.Contains(got.CIDRs, labHost) || slices.Contains(got.CIDRs, "0.0.0.0/0"):
		return fmt.Errorf("it lets in %v, want %s and the nodes", got.CIDRs, labHost)
	case !slices.Equal(got.Members, members):
		return fmt.Errorf("its members are %v, want %v", got.Members, members)
	case got.Monitor != "HTTPS /readyz":
		return fmt.Errorf("its monitor asks %s, want HTTPS /readyz", got.Monitor)
	}
	return nil
}

func (l *lab) loadBalancers(ctx context.Context) (*gophercloud.ServiceClient, error) {
	client, endpoints, err := l.connect(ctx, userCloud)
	if err != nil {
		return nil, err
	}
	return openstack.NewLoadBalancerV2(client, endpoints)
}

func readBalancer(ctx context.Context, service *gophercloud.ServiceClient) (balancer, error) {
	var answer struct {
		Balancers []struct {
			Status string `json:"provisioning_status"`
		} `json:"loadbalancers"`
		Listeners []struct {
			Protocol string
			Port     int      `json:"protocol_port"`
			CIDRs    []string `json:"allowed_cidrs"`
		}
		Pools []struct{ ID, Protocol string }
		// Of the pool.
		Members []struct {
			Address string
			Port    int `json:"protocol_port"`
		}
		Monitors []struct {
			Type string
			Path string `json:"url_path"`
		} `json:"healthmonitors"`
	}
	get := func(path ...string) error {
		_, err := service.Get(ctx, service.ServiceURL(append([]string{"lbaas"}, path...)...), &answer, nil)
		return err
	}
	for _, kind := range []string{"loadbalancers", "listeners", "pools", "healthmonitors"} {
		if err := get(kind); err != nil {
			return balancer{}, fmt.Errorf("listing %s: %w", kind, err)
		}
	}
	if len(answer.Balancers) != 1 || len(answer.Listeners) != 1 || len(answer.Pools) != 1 || len(answer.Monitors) != 1 {
		return balancer{}, fmt.Errorf("want one of each: %+v", answer)
	}
	if err := get("pools", answer.Pools[0].ID, "members"); err != nil {
		return balancer{}, fmt.Errorf("listing members: %w", err)
	}
	listener, monitor := answer.Listeners[0], answer.Monitors[0]
	b := balancer{
		Status: answer.Balancers[0].Status, Port: listener.Port, CIDRs: listener.CIDRs,
		Protocols: []string{listener.Protocol, answer.Pools[0].Protocol}, Monitor: monitor.Type + " " + monitor.Path,
	}
	for _, m := range answer.Members {
		b.Members = append(b.Members, fmt.Sprintf("%s:%d", m.Address, m.Port))
	}
	slices.Sort(b.Members)
	return b, nil
}

// controlPlaneMembers are the addresses that the stack has reserved for its control planes,
// with the API server's port.
func (st *stage) controlPlaneMembers(ctx context.Context) ([]string, error) {
	names, err := st.hosts()
	if err != nil {
		return nil, err
	}
	addresses, err := st.addresses(ctx, names.controlPlanes)
	if err != nil {
		return nil, err
	}
	for i := range addresses {
		addresses[i] += ":6443"
	}
	slices.Sort(addresses)
	return addresses, nil
}

// addresses are those of the ports of these hosts, in their order.
func (st *stage) addresses(ctx context.Context, hosts []string) ([]string, error) {
	ports, err := st.ports(ctx)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, host := range hosts {
		at := slices.IndexFunc(ports, func(p port) bool { return p.Name == host })
		if at < 0 {
			return nil, fmt.Errorf("%s has no port of its name among %v", host, ports)
		}
		found = append(found, ports[at].Fixed[0].Address)
	}
	return found, nil
}
