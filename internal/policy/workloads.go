package policy

import (
	"fmt"
	"net/netip"
	"slices"
)

const typeService = "kubernetes:core/v1:Service"

// privileged are the namespaces of Kubernetes and of Slipway's add-ons that
// reach into their node.
var privileged = []string{
	"elastic", "kube-flannel", "kube-system", "loki", "metallb-system", "monitoring", "rook-ceph",
}

func workloadRules() []Rule {
	return []Rule{
		{
			ID: "contained-pods", Level: Mandatory, Title: "Pods do not reach into their node",
			Why:  "A privileged pod, or one with the node's files, network or processes, is root on the node.",
			Mend: "Do without, or list the namespace in slipway:policy.limits.privilegedNamespaces", Limits: []string{"privilegedNamespaces"},
			Types: workloadTypes, Resource: contained,
		},
		{
			ID: "chosen-clients", Level: Advisory, Title: "Load balancers of Services say for whom they are",
			Why:   "A load balancer without source ranges is open to everybody who can reach its address.",
			Mend:  "Set loadBalancerSourceRanges, or keep the Service for everybody on purpose",
			Types: []string{typeService}, Resource: chosenClients,
		},
	}
}

func contained(r Resource, s Settings) []string {
	namespace := r.at("metadata", "namespace")
	if namespace.IsComputed() || slices.Contains(privileged, textOf(namespace)) || slices.Contains(s.Limits.PrivilegedNamespaces, textOf(namespace)) {
		return nil
	}
	spec := pod(r)
	var problems []string
	for _, key := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if isTrue(member(spec, key)) {
			problems = append(problems, "its pods have "+key)
		}
	}
	for _, c := range containers(spec) {
		if isTrue(member(c, "securityContext", "privileged")) {
			problems = append(problems, "the container "+textOf(member(c, "name"))+" is privileged")
		}
	}
	for _, v := range listOf(member(spec, "volumes")) {
		if path := textOf(member(v, "hostPath", "path")); path != "" {
			problems = append(problems, fmt.Sprintf("its pods have the node's %s", path))
		}
	}
	return problems
}

func chosenClients(r Resource, s Settings) []string {
	ranges := r.at("spec", "loadBalancerSourceRanges")
	if r.text("spec", "type") != "LoadBalancer" || ranges.IsComputed() {
		return nil
	}
	if len(listOf(ranges)) == 0 {
		return []string{"is open to everybody who reaches its address"}
	}
	for _, v := range listOf(ranges) {
		if from, err := netip.ParsePrefix(textOf(v)); err == nil && world(from, s.Limits.WidestRange) {
			return []string{fmt.Sprintf("is open to %s", from)}
		}
	}
	return nil
}
