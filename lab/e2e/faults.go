package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// faults: what goes wrong outside of Slipway is named, and the next run goes on.
// All of it happens to one further worker, so that the cluster serves others too.
func faults() scenario {
	f := &fault{}
	return scenario{
		name: "faults", story: "a cloud that answers 500, a kubeadm that fails: the error names resource and step, the next run continues",
		needs: cluster, leaves: cluster, long: true,
		steps: []step{
			{"a worker more, while Neutron answers 500 for new ports", f.cloudFails},
			{"the same again, with the kubelet's port taken on the new machine", f.kubeadmFails},
			{"the same again, without a fault", f.completes},
			{"make up without the further worker takes it away", makeUp},
			{"the cluster is healthy", healthy},
		},
	}
}

// unreachable takes as long as Slipway waits for a machine to boot, so it is a
// scenario of its own.
func unreachable() scenario {
	f := &fault{}
	return scenario{
		name: "unreachable", story: "a machine that never answers: the error names it, the next run continues",
		needs: cluster, leaves: cluster, long: true,
		steps: []step{
			{"a worker more, whose cable is cut", f.machineSilent},
			{"the same again, with the cable plugged", f.completes},
			{"make up without the further worker takes it away", makeUp},
			{"the cluster is healthy", healthy},
		},
	}
}

const (
	furtherNode = "w9"
	furtherPool = "default"
)

// fault grows the default pool by one worker, on a copy of the stack's file.
type fault struct{}

// host is the further worker's name, as a host and in the names of its resources.
func (f *fault) host(st *stage) (string, error) {
	nodes, err := st.hosts()
	return nodes.cluster + "-" + furtherPool + "-" + furtherNode, err
}

// up deploys the dev stack with the further worker.
func (f *fault) up(ctx context.Context, st *stage, change func(values), watch func(string)) (string, error) {
	text, err := os.ReadFile(st.stackFile())
	if err != nil {
		return "", err
	}
	changed, err := edited(text, func(v values) {
		v.at("slipway:workerPools", furtherPool, "nodes")[furtherNode] = map[string]any{}
		if change != nil {
			change(v)
		}
	})
	if err != nil {
		return "", err
	}
	file := filepath.Join(st.logs, "Pulumi."+st.stack+".faults.yaml")
	if err := os.WriteFile(file, changed, 0o600); err != nil {
		return "", err
	}
	return st.tool(ctx, command{argv: operation(st.stack, file, "up", "--yes", "--skip-preview", "--suppress-outputs"), watch: watch})
}

// fails wants an update that failed with an error that holds all the words.
func fails(output string, err error, words ...string) error {
	if err == nil {
		return errors.New("it succeeded")
	}
	_, diagnostics, found := strings.Cut(output, "Diagnostics:")
	if !found {
		return fmt.Errorf("it failed without diagnostics: %w", err)
	}
	for _, word := range words {
		if !strings.Contains(diagnostics, word) {
			return fmt.Errorf("the error does not name %q:%s", word, indent(strings.Split(strings.TrimSpace(diagnostics), "\n")))
		}
	}
	return nil
}

func (f *fault) cloudFails(ctx context.Context, st *stage) error {
	host, err := f.host(st)
	if err != nil {
		return err
	}
	proxy, err := st.failingNeutron(ctx)
	if err != nil {
		return err
	}
	defer proxy.Close()
	out, err := f.up(ctx, st, func(v values) {
		v["openstack:endpointOverrides"] = map[string]any{"network": proxy.URL + "/v2.0/"}
	}, nil)
	return fails(out, err, host+"-port", "Internal Server Error")
}

func (f *fault) kubeadmFails(ctx context.Context, st *stage) error {
	return f.sabotaged(ctx, st, "prepare", takeKubeletPort, func(host string) []string {
		return []string{host + "-join", "10250"}
	})
}

func (f *fault) machineSilent(ctx context.Context, st *stage) error {
	return f.sabotaged(ctx, st, "prepare", cutCable, func(host string) []string { return []string{host} })
}

// sabotaged runs an update, breaks the further worker as soon as the given
// step begins, and wants the update to fail with the words.
func (f *fault) sabotaged(ctx context.Context, st *stage, moment string, sabotage func(context.Context, *stage, string) error, words func(host string) []string) error {
	host, err := f.host(st)
	if err != nil {
		return err
	}
	var once sync.Once
	var sabotageErr error
	run, kill := context.WithCancel(ctx)
	defer kill()
	out, err := f.up(run, st, nil, func(line string) {
		if strings.Contains(line, host+"-"+moment+" creating") {
			once.Do(func() {
				if sabotageErr = sabotage(ctx, st, host); sabotageErr != nil {
					kill()
				}
			})
		}
	})
	if sabotageErr != nil {
		return fmt.Errorf("breaking %s: %w", host, sabotageErr)
	}
	return fails(out, err, words(host)...)
}

func (f *fault) completes(ctx context.Context, st *stage) error {
	host, err := f.host(st)
	if err != nil {
		return err
	}
	if err := mend(ctx, st, host); err != nil {
		return err
	}
	if _, err := f.up(ctx, st, nil, nil); err != nil {
		return err
	}
	_, err = st.kubectl(ctx, "wait", "node", host, "--for=condition=Ready", "--timeout=2m")
	return err
}
