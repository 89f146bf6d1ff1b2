package main

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
)

// dev is the promise of the README: one command, then a cluster that works.
func dev() scenario {
	return scenario{
		name: "dev", story: "make up from nothing gives a cluster whose pods reach each other",
		needs: nothing, leaves: cluster,
		steps: []step{
			{"make up from nothing", makeUp},
			{"every node is Ready", nodesReady},
			{"CoreDNS runs", coreDNSRuns},
			{"a server pod on one worker, a client pod on the other", startPods},
			{"pod reaches pod on the other node by address", podToPod},
			{"pod reaches Service by DNS name", podToService},
			{"pod reaches out of the cluster", podEgress},
			{"pod does not reach the cloud's metadata", podLacksMetadata},
			{"the pods go away", removePods},
		},
	}
}

//go:embed pods.yaml
var podsManifest string

const podsNamespace = "e2e"

func startPods(ctx context.Context, st *stage) error {
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	// On two nodes if there are two, on workers if there are two of those.
	places := slices.Concat(nodes.workers, nodes.controlPlanes)
	manifest := strings.NewReplacer("SERVER_NODE", places[0], "CLIENT_NODE", places[min(1, len(places)-1)]).Replace(podsManifest)
	if err := st.apply(ctx, manifest); err != nil {
		return err
	}
	_, err = st.kubectl(ctx, "--namespace", podsNamespace, "wait", "pod", "--all", "--for=condition=Ready", "--timeout=3m")
	return err
}

func podToPod(ctx context.Context, st *stage) error {
	address, err := st.kubectl(ctx, "--namespace", podsNamespace, "get", "pod", "server", "-o", "jsonpath={.status.podIP}")
	if err != nil {
		return err
	}
	return st.fetchFromPod(ctx, strings.TrimSpace(address), "8080", "/", "this is the server pod")
}

func podToService(ctx context.Context, st *stage) error {
	if err := st.fetchFromPod(ctx, "server", "80", "/", "this is the server pod"); err != nil {
		return err
	}
	return st.fetchFromPod(ctx, "server."+podsNamespace+".svc.cluster.local", "80", "/", "this is the server pod")
}

// podEgress goes through node, router and cloud to the artifact mirror on this machine.
func podEgress(ctx context.Context, st *stage) error {
	return st.fetchFromPod(ctx, "10.79.0.1", "8080", "/readyz", "ok")
}

// fetchFromPod asks over HTTP from the client pod. It speaks HTTP through nc,
// because wget of Debian's busybox crashes.
func (st *stage) fetchFromPod(ctx context.Context, host, port, path, want string) error {
	const request = `printf 'GET %s HTTP/1.0\r\n\r\n' "$3" | busybox timeout 5 busybox nc "$1" "$2"`
	// Endpoints and DNS follow a pod's readiness with a delay.
	return poll(ctx, time.Minute, func() error {
		out, err := st.kubectl(ctx, "--namespace", podsNamespace, "exec", "client", "--", "sh", "-c", request, "sh", host, port, path)
		if err == nil && !strings.Contains(out, want) {
			err = fmt.Errorf("http://%s:%s%s answers %q, want %q", host, port, path, out, want)
		}
		return err
	})
}

func removePods(ctx context.Context, st *stage) error {
	_, err := st.kubectl(ctx, "delete", "namespace", podsNamespace, "--timeout=2m")
	return err
}
