package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ha: a cluster that has everything more than once.
func ha() scenario {
	return scenario{
		name: "ha", story: "make up from an empty project gives three control planes and two workers behind a VIP",
		stack: haStack, needs: cloud, leaves: cluster,
		steps: wholeCluster(
			step{"etcd has each control plane once", etcdIsWhole},
			step{"one control plane holds the VIP, with port security on", vipIsHeld},
		),
	}
}

// wholeCluster is the story of a stack from nothing to use, with further steps
// once it stands.
func wholeCluster(further ...step) []step {
	return slices.Concat([]step{
		{"make up", makeUp},
		{"every node is Ready", nodesReady},
		{"every pod of kube-system runs", systemPodsRun},
		{"a server pod and a client pod", startPods},
		{"pod reaches pod by address", podToPod},
		{"pod reaches Service by DNS name", podToService},
		{"the pods go away", removePods},
	}, further, []step{
		{"make up reports no change", secondUp},
	})
}

// vip is the address behind the one in the kubeconfig: a floating IP leads to
// it, on existing hosts it is that itself.
func (st *stage) vip(ctx context.Context) (string, error) {
	client, err := st.api()
	if err != nil {
		return "", err
	}
	external := client.server.Hostname()
	if st.stack == hostsStack {
		return external, nil
	}
	network, err := st.network(ctx)
	if err != nil {
		return "", err
	}
	var answer struct {
		FloatingIPs []struct {
			Fixed string `json:"fixed_ip_address"`
		} `json:"floatingips"`
	}
	if _, err := network.Get(ctx, network.ServiceURL("floatingips")+"?floating_ip_address="+external, &answer, nil); err != nil {
		return "", err
	}
	if len(answer.FloatingIPs) != 1 {
		return "", fmt.Errorf("the API's address %s is no floating IP", external)
	}
	return answer.FloatingIPs[0].Fixed, nil
}

// holder is the one machine that has the VIP; those that are out of order do
// not count.
func (st *stage) holder(ctx context.Context, outOfOrder ...string) (string, error) {
	vip, err := st.vip(ctx)
	if err != nil {
		return "", err
	}
	var holder string
	err = poll(ctx, time.Minute, func() error {
		holders, err := st.holders(ctx, vip)
		if err != nil {
			return err
		}
		holders = slices.DeleteFunc(holders, func(name string) bool { return slices.Contains(outOfOrder, name) })
		if len(holders) != 1 {
			return fmt.Errorf("%d machines have the VIP %s: %v", len(holders), vip, holders)
		}
		holder = holders[0]
		return nil
	})
	return holder, err
}

// vipIsHeld wants one holder, and the ports of all machines that may become it
// as strict as they can be: the VIP is the only further address they may use.
func vipIsHeld(ctx context.Context, st *stage) error {
	holder, err := st.holder(ctx)
	if err != nil {
		return err
	}
	st.say("%s holds the VIP", holder)
	return portsAreSecure(ctx, st)
}

func portsAreSecure(ctx context.Context, st *stage) error {
	vip, err := st.vip(ctx)
	if err != nil {
		return err
	}
	ports, err := st.ports(ctx)
	if err != nil {
		return err
	}
	members := 0
	var problems []error
	for _, p := range ports {
		if !strings.HasPrefix(p.Owner, "compute:") {
			continue
		}
		if !p.Secure {
			problems = append(problems, fmt.Errorf("port %s has no port security", p.Name))
		}
		for _, pair := range p.Pairs {
			if members++; pair.Address != vip && pair.Address != vip+"/32" {
				problems = append(problems, fmt.Errorf("port %s may also use %s", p.Name, pair.Address))
			}
		}
	}
	if members < 2 {
		problems = append(problems, fmt.Errorf("%d ports may use the VIP %s, want at least two", members, vip))
	}
	return errors.Join(problems...)
}

// port is a Neutron port.
type port struct {
	Name   string
	Owner  string `json:"device_owner"`
	MAC    string `json:"mac_address"`
	Secure bool   `json:"port_security_enabled"`
	Pairs  []struct {
		Address string `json:"ip_address"`
	} `json:"allowed_address_pairs"`
	Fixed []struct {
		Address string `json:"ip_address"`
	} `json:"fixed_ips"`
}

// ports lists the ports of the project.
func (l *lab) ports(ctx context.Context) ([]port, error) {
	network, err := l.network(ctx)
	if err != nil {
		return nil, err
	}
	var answer struct{ Ports []port }
	_, err = network.Get(ctx, network.ServiceURL("ports"), &answer, nil)
	return answer.Ports, err
}
