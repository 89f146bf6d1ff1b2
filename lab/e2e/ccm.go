package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ccm: the cluster talks to the cloud that it runs on.
func ccm() scenario {
	return scenario{
		name: "ccm", story: "the cloud tells about the nodes; a Service gets a load balancer (no traffic passes here), and nothing of it is left",
		stack: ccmStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"every pod of kube-system runs", systemPodsRun},
			{"each node has its server's id, address and zone", nodesAreServers},
			{"a Service gets a load balancer with the nodes behind it", balancedService},
			{"the load balancer goes with the Service", withoutBalancedService},
			{"make up reports no change", secondUp},
			{"the next credential replaces the first", nextCredential},
			{"the credential's secret shows nowhere", controllerCredential.isHidden},
			{"a Service gets a load balancer again", balancedService},
			{"out of the configuration, the controller leaves nothing in the cloud", withoutController},
			{"make up brings it back", backAgain},
			{"a Service gets a load balancer once more", balancedService},
			{"make destroy, with that Service in the cluster", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// cloudNode is what the cloud tells about a node.
type cloudNode struct {
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Spec struct {
		ProviderID string
		Taints     []struct{ Key string }
	}
	Status struct {
		Addresses []struct{ Type, Address string }
	}
}

func nodesAreServers(ctx context.Context, st *stage) error {
	out, err := st.kubectl(ctx, "get", "nodes", "--output=json")
	if err != nil {
		return err
	}
	var list struct{ Items []cloudNode }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return fmt.Errorf("reading the nodes: %w", err)
	}
	servers, err := st.servers(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range list.Items {
		s := slices.IndexFunc(servers, func(s server) bool { return s.Name == n.Metadata.Name })
		if s < 0 {
			return fmt.Errorf("node %s has no server of its name", n.Metadata.Name)
		}
		address, err := st.addresses(ctx, []string{n.Metadata.Name})
		if err != nil {
			return err
		}
		errs = append(errs, n.differs(servers[s], address[0]))
	}
	if len(list.Items) == 0 {
		return errors.New("the cluster has no nodes")
	}
	return errors.Join(errs...)
}

func (n cloudNode) differs(s server, address string) error {
	const zone = "topology.kubernetes.io/zone"
	if !strings.HasSuffix(n.Spec.ProviderID, "/"+s.ID) {
		return fmt.Errorf("the id of node %s is %q, that of its server %s", n.Metadata.Name, n.Spec.ProviderID, s.ID)
	}
	if got := n.Metadata.Labels[zone]; got != s.Zone || got == "" {
		return fmt.Errorf("the zone of node %s is %q, that of its server %q", n.Metadata.Name, got, s.Zone)
	}
	found := false
	for _, a := range n.Status.Addresses {
		found = found || a.Type == "InternalIP" && a.Address == address
	}
	if !found {
		return fmt.Errorf("the addresses of node %s are %v, its server has %s", n.Metadata.Name, n.Status.Addresses, address)
	}
	for _, t := range n.Spec.Taints {
		if strings.HasPrefix(t.Key, "node.cloudprovider.kubernetes.io/") {
			return fmt.Errorf("node %s still waits for the cloud: %s", n.Metadata.Name, t.Key)
		}
	}
	return nil
}
