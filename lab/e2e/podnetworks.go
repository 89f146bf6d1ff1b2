package main

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
)

// podNetworks are the ways on which packets of pods get from node to node.
func podNetworks() []scenario {
	policies := []step{
		{"a policy that admits nobody keeps the client out", policyKeepsOut},
		{"a policy that admits the client lets it in, and no other", policyLetsIn},
	}
	return []scenario{
		podNetwork("flannel-vxlan", "packets of pods travel in UDP, between the nodes that there are", vxlanStack, inUDP),
		podNetwork("flannel-host-gw", "packets of pods travel as they are, from node to node", hostGWStack, fromNode),
		podNetwork("neutron-routes", "packets of pods travel as they are, by routes that follow the nodes", routesStack, throughRouter,
			step{"the router has a route to each node's pods, and no other", routesFollow}),
		podNetwork("cilium", "packets of pods travel in UDP; NetworkPolicy says who reaches whom", ciliumStack, inUDP,
			append(policies, step{"pods' packets leave room for what is around them", podMTU(vxlanOverhead)})...),
		podNetwork("cilium-native", "packets of pods travel as they are; NetworkPolicy says who reaches whom", ciliumNativeStack, fromNode,
			append(policies, step{"pods' packets are as large as those of nodes", podMTU(0)})...),
		podNetwork("calico", "packets of pods travel in UDP; NetworkPolicy says who reaches whom", calicoStack, inUDP,
			append(policies, step{"pods' packets leave room for what is around them", podMTU(vxlanOverhead)})...),
	}
}

func podNetwork(name, story, stack string, travel func(trip) error, further ...step) scenario {
	talk := append([]step{
		{"a server pod on one worker, a client pod on the other", startPods},
		{"pod reaches pod on the other node, in packets as they should be", packetsTravel(travel)},
		{"pod reaches Service by DNS name", podToService},
		{"pod reaches out of the cluster", podEgress},
		{"pod does not reach the cloud's metadata", podLacksMetadata},
	}, further...)
	steps := append([]step{{"make up", makeUp}, {"every node is Ready", nodesReady}}, talk...)
	steps = append(steps, step{"make up reports no change", secondUp}, step{"a worker goes, another one comes", replaceWorker}, step{"every node is Ready", nodesReady})
	steps = append(steps, talk...)
	steps = append(steps, step{"make destroy", destroyStack}, step{"the project is empty", projectIsEmpty})
	return scenario{name: name, story: story, stack: stack, needs: cloud, leaves: cloud, long: true, steps: steps}
}

// replaceWorker has the client's node replaced by one of another name.
func replaceWorker(ctx context.Context, st *stage) error {
	if err := removePods(ctx, st); err != nil {
		return err
	}
	_, err := st.upWith(ctx, func(v values) { v.at("slipway:workerPools", "default")["nodes"] = nodes("w1", "w3") })
	return err
}

// trip is what was seen between two pods on two nodes.
type trip struct {
	packets []packet // on the server's node
	// client, server and router are hardware addresses: those of the nodes of
	// the two pods, and of their network's router.
	client, server, router string
}

// packetsTravel looks at the packets between the two pods.
func packetsTravel(travel func(trip) error) func(context.Context, *stage) error {
	return func(ctx context.Context, st *stage) error {
		// Once without looking: who has to be found is found then.
		if err := podToPod(ctx, st); err != nil {
			return err
		}
		seen, err := st.watchPods(ctx)
		if err != nil {
			return err
		}
		st.say("%d packets", len(seen.packets))
		for i, p := range seen.packets {
			fmt.Fprintf(st.log, "packet %d: %+v\n", i+1, p)
		}
		return travel(seen)
	}
}

// watchPods captures what passes between the pods while one asks the other.
func (st *stage) watchPods(ctx context.Context) (trip, error) {
	clientNode, client, err := st.podPlace(ctx, "client")
	if err != nil {
		return trip{}, err
	}
	serverNode, server, err := st.podPlace(ctx, "server")
	if err != nil {
		return trip{}, err
	}
	all, err := st.capture(ctx, serverNode, func() error { return podToPod(ctx, st) })
	if err != nil {
		return trip{}, err
	}
	var seen trip
	for _, p := range all {
		if p.from == client && p.to == server || p.from == server && p.to == client {
			seen.packets = append(seen.packets, p)
		}
	}
	ports, err := st.ports(ctx)
	for _, p := range ports {
		switch {
		case p.Name == clientNode:
			seen.client = p.MAC
		case p.Name == serverNode:
			seen.server = p.MAC
		case p.Owner == "network:router_interface":
			seen.router = p.MAC
		}
	}
	return seen, err
}

// podPlace is a pod's node, and its address.
func (st *stage) podPlace(ctx context.Context, pod string) (node string, address netip.Addr, err error) {
	out, err := st.kubectl(ctx, "--namespace", podsNamespace, "get", "pod", pod, "--output=jsonpath={.spec.nodeName} {.status.podIP}")
	if err != nil {
		return "", address, err
	}
	node, text, _ := strings.Cut(strings.TrimSpace(out), " ")
	address, err = netip.ParseAddr(text)
	return node, address, err
}

func inUDP(t trip) error { return t.each(true, t.client) }

func fromNode(t trip) error { return t.each(false, t.client) }

func throughRouter(t trip) error { return t.each(false, t.router) }

// each wants packets in both directions, all of them wrapped or none, and those
// to the server put on its wire by the given sender.
func (t trip) each(wrapped bool, sender string) error {
	counts := map[string]int{}
	for i, p := range t.packets {
		counts[p.sender]++
		if p.wrapped != wrapped {
			return fmt.Errorf("packet %d is %+v, want wrapped: %v", i+1, p, wrapped)
		}
		if p.sender != sender && p.sender != t.server {
			return fmt.Errorf("packet %d is %+v, want it from %s or from the server's node, %s", i+1, p, sender, t.server)
		}
	}
	if counts[sender] == 0 || counts[t.server] == 0 {
		return fmt.Errorf("packets by who sent them: %v, want some from %s and some from the server's node, %s", counts, sender, t.server)
	}
	return nil
}
