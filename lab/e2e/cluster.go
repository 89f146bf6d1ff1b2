package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// stackValues is the part of a stack's file that tells how hosts are called.
type stackValues struct {
	Config struct {
		Cluster struct {
			Name string `json:"name"`
		} `json:"slipway:cluster"`
		ControlPlane nodeGroup            `json:"slipway:controlPlane"`
		Etcd         nodeGroup            `json:"slipway:etcd"`
		WorkerPools  map[string]nodeGroup `json:"slipway:workerPools"`
		Hosts        struct {
			Machines map[string]struct {
				Role string `json:"role"`
			} `json:"machines"`
		} `json:"slipway:hosts"`
	} `json:"config"`
}

type nodeGroup struct {
	Nodes map[string]any `json:"nodes"`
}

// named are the group's nodes in order, with a prefix.
func (g nodeGroup) named(prefix string) []string {
	names := slices.Sorted(maps.Keys(g.Nodes))
	for i := range names {
		names[i] = prefix + names[i]
	}
	return names
}

// hosts are the host names of a stack's machines, which are their Nodes' names.
type hosts struct {
	cluster                string // prefix of all names
	controlPlanes, workers []string
	etcd                   []string // where etcd runs: on nodes of its own, or on the control planes
}

func (st *stage) hosts() (hosts, error) {
	data, err := os.ReadFile(st.sourceFile())
	if err != nil {
		return hosts{}, err
	}
	return hostsOf(data)
}

func hostsOf(stackFile []byte) (hosts, error) {
	var file stackValues
	if err := yaml.Unmarshal(stackFile, &file); err != nil {
		return hosts{}, err
	}
	values := file.Config
	h := hosts{cluster: values.Cluster.Name}
	h.controlPlanes = values.ControlPlane.named(h.cluster + "-")
	h.etcd = values.Etcd.named(h.cluster + "-etcd-")
	for _, pool := range slices.Sorted(maps.Keys(values.WorkerPools)) {
		h.workers = append(h.workers, values.WorkerPools[pool].named(h.cluster+"-"+pool+"-")...)
	}
	// Existing machines have names already.
	for _, name := range slices.Sorted(maps.Keys(values.Hosts.Machines)) {
		switch values.Hosts.Machines[name].Role {
		case "control-plane":
			h.controlPlanes = append(h.controlPlanes, name)
		case "worker":
			h.workers = append(h.workers, name)
		}
	}
	if len(h.etcd) == 0 {
		h.etcd = h.controlPlanes
	}
	return h, nil
}

func (h hosts) all() []string {
	return slices.Sorted(slices.Values(slices.Concat(h.controlPlanes, h.workers)))
}

// kubectl runs kubectl with the kubeconfig that `make up` wrote.
func (st *stage) kubectl(ctx context.Context, args ...string) (string, error) {
	return st.tool(ctx, command{argv: append(st.kubectlArgv(), args...)})
}

// kubeconfig is the file that `make up` wrote.
func (st *stage) kubeconfig() string {
	return filepath.Join(st.root, ".slipway", st.stack, "kubeconfig")
}

func (st *stage) kubectlArgv() []string {
	return []string{"kubectl", "--kubeconfig", st.kubeconfig(), "--request-timeout=30s"}
}

// returnTime is far above what a machine takes that starts again or was away:
// boot, kubelet, static pods, and the node's condition.
const returnTime = 5 * time.Minute

// nodesReady wants exactly the configured nodes, all Ready.
func nodesReady(ctx context.Context, st *stage) error {
	want, err := st.hosts()
	if err != nil {
		return err
	}
	return poll(ctx, returnTime, func() error {
		ready, err := st.readyNodes(ctx)
		if err == nil && !slices.Equal(ready, want.all()) {
			err = fmt.Errorf("the Ready nodes are %v, want %v", ready, want.all())
		}
		return err
	})
}

func (st *stage) readyNodes(ctx context.Context) ([]string, error) {
	nodes, err := st.objects(ctx, "get", "nodes")
	if err != nil {
		return nil, err
	}
	var ready []string
	for _, node := range nodes {
		if node.ready() {
			ready = append(ready, node.Metadata.Name)
		}
	}
	slices.Sort(ready)
	return ready, nil
}

// object is what the scenarios read of nodes and pods.
type object struct {
	Metadata struct{ Name string }
	Status   struct {
		Phase      string
		Conditions []struct{ Type, Status string }
	}
}

func (o object) ready() bool {
	for _, c := range o.Status.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True"
		}
	}
	return false
}

// objects is the list that a kubectl command prints.
func (st *stage) objects(ctx context.Context, args ...string) ([]object, error) {
	out, err := st.kubectl(ctx, append(args, "--output=json")...)
	if err != nil {
		return nil, err
	}
	var list struct{ Items []object }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return nil, fmt.Errorf("reading what kubectl %s prints: %w", strings.Join(args, " "), err)
	}
	return list.Items, nil
}

// systemPodsRun wants every pod of kube-system running, all its containers ready.
func systemPodsRun(ctx context.Context, st *stage) error {
	return poll(ctx, returnTime, func() error {
		pods, err := st.objects(ctx, "--namespace", "kube-system", "get", "pods")
		if err == nil && len(pods) == 0 {
			err = errors.New("kube-system has no pods")
		}
		for _, pod := range pods {
			if !pod.ready() {
				err = errors.Join(err, fmt.Errorf("pod %s is %s and not ready", pod.Metadata.Name, pod.Status.Phase))
			}
		}
		return err
	})
}

// coreDNSRuns wants it on two nodes, if there are two: the loss of one is not to
// be the loss of all names.
func coreDNSRuns(ctx context.Context, st *stage) error {
	if _, err := st.kubectl(ctx, "--namespace", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=2m"); err != nil {
		return err
	}
	nodes, err := st.kubectl(ctx, "get", "nodes", "--output=name")
	if err != nil || len(strings.Fields(nodes)) < 2 {
		return err
	}
	out, err := st.kubectl(ctx, "--namespace", "kube-system", "get", "pods", "--selector=k8s-app=kube-dns", "--output=jsonpath={.items[*].spec.nodeName}")
	if places := strings.Fields(out); err == nil && len(slices.Compact(slices.Sorted(slices.Values(places)))) < 2 {
		err = fmt.Errorf("the pods of CoreDNS are on %v, want two nodes", places)
	}
	return err
}

// healthy is the short form for scenarios that are about something else.
func healthy(ctx context.Context, st *stage) error {
	if err := nodesReady(ctx, st); err != nil {
		return err
	}
	return coreDNSRuns(ctx, st)
}

// apply creates or changes the objects of a manifest.
func (st *stage) apply(ctx context.Context, manifest string) error {
	_, err := st.tool(ctx, command{argv: append(st.kubectlArgv(), "apply", "--filename", "-"), stdin: manifest})
	return err
}
