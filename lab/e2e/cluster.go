package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigs.k8s.io/yaml"
)

// stackValues is the part of a stack's file that tells how hosts are called.
type stackValues struct {
	Config struct {
		Cluster struct {
			Name string `json:"name"`
		} `json:"slipway:cluster"`
		ControlPlane struct {
			Nodes map[string]any `json:"nodes"`
		} `json:"slipway:controlPlane"`
		WorkerPools map[string]struct {
			Nodes map[string]any `json:"nodes"`
		} `json:"slipway:workerPools"`
	} `json:"config"`
}

// hosts are the host names of a stack's nodes, which are their Nodes' names.
type hosts struct {
	cluster                string // prefix of all names
	controlPlanes, workers []string
}

func (l *lab) hosts() (hosts, error) {
	data, err := os.ReadFile(filepath.Join(l.root, "Pulumi."+stack+".yaml"))
	if err != nil {
		return hosts{}, err
	}
	return hostsOf(data)
}

func hostsOf(stackFile []byte) (hosts, error) {
	var values stackValues
	if err := yaml.Unmarshal(stackFile, &values); err != nil {
		return hosts{}, err
	}
	name := values.Config.Cluster.Name
	h := hosts{cluster: name}
	for _, node := range slices.Sorted(maps.Keys(values.Config.ControlPlane.Nodes)) {
		h.controlPlanes = append(h.controlPlanes, name+"-"+node)
	}
	for _, pool := range slices.Sorted(maps.Keys(values.Config.WorkerPools)) {
		for _, node := range slices.Sorted(maps.Keys(values.Config.WorkerPools[pool].Nodes)) {
			h.workers = append(h.workers, name+"-"+pool+"-"+node)
		}
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

func (st *stage) kubectlArgv() []string {
	return []string{"kubectl", "--kubeconfig", filepath.Join(st.root, ".slipway", stack, "kubeconfig"), "--request-timeout=30s"}
}

// nodesReady wants exactly the configured nodes, all Ready.
func nodesReady(ctx context.Context, st *stage) error {
	want, err := st.hosts()
	if err != nil {
		return err
	}
	return poll(ctx, time.Minute, func() error {
		ready, err := st.readyNodes(ctx)
		if err == nil && !slices.Equal(ready, want.all()) {
			err = fmt.Errorf("the Ready nodes are %v, want %v", ready, want.all())
		}
		return err
	})
}

func (st *stage) readyNodes(ctx context.Context) ([]string, error) {
	out, err := st.kubectl(ctx, "get", "nodes", "-o", "json")
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []struct {
			Metadata struct{ Name string }
			Status   struct {
				Conditions []struct{ Type, Status string }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return nil, fmt.Errorf("reading the nodes: %w", err)
	}
	var ready []string
	for _, node := range list.Items {
		name := node.Metadata.Name
		for _, c := range node.Status.Conditions {
			if c.Type == "Ready" && c.Status == "True" {
				ready = append(ready, name)
			}
		}
	}
	slices.Sort(ready)
	return ready, nil
}

func coreDNSRuns(ctx context.Context, st *stage) error {
	_, err := st.kubectl(ctx, "--namespace", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=2m")
	return err
}

// healthy is the short form for scenarios that are about something else.
func healthy(ctx context.Context, st *stage) error {
	if err := nodesReady(ctx, st); err != nil {
		return err
	}
	return coreDNSRuns(ctx, st)
}
