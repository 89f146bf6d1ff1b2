package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const balancedManifest = `apiVersion: v1
kind: Service
metadata: {name: balanced, namespace: default}
spec: {type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24], selector: {app: balanced}, ports: [{port: 80, targetPort: 8080}]}
`

// balancerTime is for a load balancer to come or go: a dozen calls of a slow API.
const balancerTime = 3 * time.Minute

func balancedService(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, balancedManifest); err != nil {
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
	workers, err := st.addresses(ctx, nodes.workers)
	if err != nil {
		return err
	}
	for i, member := range b.Members {
		b.Members[i], _, _ = strings.Cut(member, ":") // node ports are random
	}
	switch {
	case b.Status != "ACTIVE" || b.Port != 80:
		return fmt.Errorf("it is %s on port %d, want ACTIVE on 80", b.Status, b.Port)
	case !slices.Equal(b.Members, workers):
		return fmt.Errorf("its members are %v, want the workers' addresses %v", b.Members, workers)
	case !slices.Equal(b.CIDRs, []string{"192.0.2.0/24"}):
		return fmt.Errorf("it lets in %v, want what the Service says", b.CIDRs)
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
