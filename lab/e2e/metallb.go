package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// metalLB: Services get addresses without a load balancer of the cloud.
func metalLB() scenario {
	return scenario{
		name: "metallb", story: "a Service gets an address in the nodes' network and a floating IP, and keeps both when the node that answers is lost",
		stack: metalLBStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"each address has a port of its own, each worker may send from it", poolIsReserved},
			{"a server on each worker, and a Service", announceService},
			{"the Service answers outside of the cloud, by its floating IP", serviceAnswersOutside},
			{"a port that is not opened stays closed", otherPortIsClosed},
			{"the node that answers is lost, another one answers", loseAnnouncer},
			{"make up reports no change", secondUp},
			{"a pool grows, and the Service keeps its address", growPool},
			{"the Service goes", withoutAnnounced},
			{"out of the configuration, nothing of it is left", withoutMetalLB},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// The addresses that the scenario's pools have.
const (
	announcedAddress = "10.0.0.240"
	requestedAddress = "10.0.0.250"
	grownAddress     = "10.0.0.251"
)

// pooled is MetalLB in a stack's configuration: one address with a floating IP
// for everybody, and some for those who ask.
func pooled(onRequest ...string) map[string]any {
	return map[string]any{
		"enabled": true,
		"pools": map[string]any{
			"public":  map[string]any{"addresses": []string{announcedAddress}, "floatingIPs": true},
			"private": map[string]any{"addresses": onRequest, "onRequest": true},
		},
		"access": []any{map[string]any{"from": []string{"0.0.0.0/0"}, "ports": []int{80}}},
	}
}

func poolIsReserved(ctx context.Context, st *stage) error {
	return st.wantPool(ctx, announcedAddress, requestedAddress)
}

// wantPool wants a port for each address of MetalLB, and the addresses among the
// pairs of each worker's port and of no other machine's.
func (st *stage) wantPool(ctx context.Context, addresses ...string) error {
	ports, err := st.ports(ctx)
	if err != nil {
		return err
	}
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	var reserved []string
	for _, p := range ports {
		pairs, err := p.mayUse()
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(p.Name, nodes.cluster+"-metallb-"):
			reserved = append(reserved, p.Fixed[0].Address)
		case slices.Contains(nodes.workers, p.Name) && !slices.Equal(pairs, addresses):
			return fmt.Errorf("worker %s may send from %v, want %v", p.Name, pairs, addresses)
		case slices.Contains(nodes.controlPlanes, p.Name) && len(pairs) > 0:
			return fmt.Errorf("control plane %s may send from %v", p.Name, pairs)
		}
	}
	if slices.Sort(reserved); !slices.Equal(reserved, addresses) {
		return fmt.Errorf("there are ports for the addresses %v, want %v", reserved, addresses)
	}
	return nil
}

// mayUse are the addresses among a port's pairs, in order.
func (p port) mayUse() ([]string, error) {
	var all []string
	for _, pair := range p.Pairs {
		text := pair.Address
		if !strings.Contains(text, "/") {
			text += "/32"
		}
		covered, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		for a := covered.Addr(); covered.Contains(a); a = a.Next() {
			all = append(all, a.String())
		}
	}
	slices.Sort(all)
	return all, nil
}

// serviceAddress is the floating IP of an address, from the stack's outputs.
func (st *stage) serviceAddress(ctx context.Context, address string) (string, error) {
	out, err := st.tool(ctx, command{argv: onStack(st.stack, "stack", "output", "serviceAddresses", "--json")})
	if err != nil {
		return "", err
	}
	public := map[string]string{}
	if err := json.Unmarshal([]byte(out), &public); err != nil {
		return "", err
	}
	if len(public) != 1 || public[address] == "" {
		return "", fmt.Errorf("the floating IPs are %v, want one for %s", public, address)
	}
	return public[address], nil
}

func growPool(ctx context.Context, st *stage) error {
	out, err := st.upWith(ctx, func(v values) { v["slipway:metalLB"] = pooled(requestedAddress + "-" + grownAddress) })
	if err != nil {
		return err
	}
	if strings.Contains(out, "replaced") {
		return errors.New("something was replaced")
	}
	if err := st.wantPool(ctx, announcedAddress, requestedAddress, grownAddress); err != nil {
		return err
	}
	return serviceAnswersOutside(ctx, st)
}

func withoutMetalLB(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { delete(v, "slipway:metalLB") }); err != nil {
		return err
	}
	if err := st.wantPool(ctx); err != nil {
		return err
	}
	floating, err := st.owned(ctx, "floating IP")
	if err != nil {
		return err
	}
	if len(floating) != 2 {
		return fmt.Errorf("the floating IPs of the project are %v, want those of the bastion and of the API alone", floating)
	}
	left, err := st.kubectl(ctx, "get", "namespaces,clusterroles,clusterrolebindings,validatingwebhookconfigurations", "--output=name")
	if err == nil && strings.Contains(left, "metallb") {
		err = fmt.Errorf("the cluster still has\n%s", left)
	}
	return err
}
