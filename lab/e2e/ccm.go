package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
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
			{"a Service gets a load balancer again", balancedService},
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
	ports, err := st.ports(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range list.Items {
		s := slices.IndexFunc(servers, func(s server) bool { return s.Name == n.Metadata.Name })
		p := slices.IndexFunc(ports, func(p port) bool { return p.Name == n.Metadata.Name })
		if s < 0 || p < 0 {
			return fmt.Errorf("node %s has no server or no port of its name", n.Metadata.Name)
		}
		errs = append(errs, n.differs(servers[s], ports[p].Fixed[0].Address))
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

const balancedManifest = `apiVersion: v1
kind: Service
metadata: {name: balanced, namespace: default}
spec: {type: LoadBalancer, selector: {app: balanced}, ports: [{port: 80, targetPort: 8080}]}
`

// balancerTime is for a load balancer to come or go: a dozen calls of a slow API.
const balancerTime = 3 * time.Minute

func balancedService(ctx context.Context, st *stage) error {
	if _, err := st.tool(ctx, command{argv: append(st.kubectlArgv(), "apply", "--filename", "-"), stdin: balancedManifest}); err != nil {
		return err
	}
	err := poll(ctx, balancerTime, func() error {
		address, err := st.kubectl(ctx, "get", "service", "balanced", "--output=jsonpath={.status.loadBalancer.ingress[0].ip}")
		if err == nil && strings.TrimSpace(address) == "" {
			err = errors.New("the Service has no address")
		}
		return err
	})
	if err != nil {
		return err
	}
	service, err := st.loadBalancers(ctx)
	if err != nil {
		return err
	}
	var b balancer
	if b, err = readBalancer(ctx, service); err != nil {
		return err
	}
	st.say("%+v", b)
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	// Control planes are excluded from load balancers by a label of kubeadm's.
	if b.Status != "ACTIVE" || b.Port != 80 || len(b.Members) != len(nodes.workers) {
		return fmt.Errorf("want an ACTIVE load balancer on port 80 before the workers %v: %+v", nodes.workers, b)
	}
	return nil
}

func withoutBalancedService(ctx context.Context, st *stage) error {
	if _, err := st.kubectl(ctx, "delete", "service", "balanced", "--wait=false"); err != nil {
		return err
	}
	return poll(ctx, balancerTime, func() error {
		all, err := st.projectResources(ctx)
		if err != nil {
			return err
		}
		var left []resource
		for _, r := range all {
			if r.kind == "load balancer" || strings.HasPrefix(r.owner, "Octavia") {
				left = append(left, r)
			}
		}
		if len(left) > 0 {
			return fmt.Errorf("still there:%s", indent(lines(left)))
		}
		return nil
	})
}

// nextCredential counts the credential up, as somebody does who wants another one.
func nextCredential(ctx context.Context, st *stage) error {
	err := st.writeEdited(st.sourceFile(), func(v values) {
		overlays[ccmStack](v)
		v.at("slipway:cloudController")["credentialGeneration"] = 2
	})
	if err != nil {
		return err
	}
	if _, err := st.make(ctx, "up", nil); err != nil {
		return err
	}
	all, err := st.projectResources(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, r := range all {
		if r.kind == "application credential" {
			names = append(names, r.name)
		}
	}
	if !slices.Equal(names, []string{"ccm-cloud-controller-2"}) {
		return fmt.Errorf("the credentials are %v, want that of generation 2 alone", names)
	}
	return nil
}
