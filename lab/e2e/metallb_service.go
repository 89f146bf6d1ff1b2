package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// announcedManifest has a server on each worker. Only a node with a server of its
// own answers for the Service, and connections keep their clients' addresses.
const announcedManifest = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: docker.io/library/busybox:1.37
          command: [sh, -c, "mkdir -p /tmp/www && hostname >/tmp/www/index.html && exec busybox httpd -f -p 8080 -h /tmp/www"]
          readinessProbe: {periodSeconds: 1, tcpSocket: {port: 8080}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  selector: {app: web}
  ports: [{name: open, port: 80, targetPort: 8080}, {name: closed, port: 81, targetPort: 8080}]
`

const (
	// announcerGap is how long nobody may answer when a node is lost: its fellows
	// notice after some seconds.
	announcerGap = 20 * time.Second
	askPace      = 200 * time.Millisecond
	askTimeout   = 2 * time.Second
)

func announceService(ctx context.Context, st *stage) error {
	return st.announce(ctx, announcedAddress)
}

// announce applies the Service and wants it to have an address.
func (st *stage) announce(ctx context.Context, want string) error {
	if err := st.apply(ctx, announcedManifest); err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "rollout", "status", "daemonset/web", "--timeout=3m", "--request-timeout=4m"); err != nil {
		return err
	}
	return poll(ctx, time.Minute, func() error {
		address, err := st.kubectl(ctx, "get", "service", "web", "--output=jsonpath={.status.loadBalancer.ingress[*].ip}")
		if err == nil && strings.TrimSpace(address) != want {
			err = fmt.Errorf("the Service has the address %q, want %s", strings.TrimSpace(address), want)
		}
		return err
	})
}

// ask gets the page of one of the servers over a connection of its own.
func ask(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	page, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err == nil && !strings.HasPrefix(string(page), "web-") {
		err = fmt.Errorf("the page is %q, want the name of a server", page)
	}
	return err
}

// answers wants the Service to answer at an address.
func answers(ctx context.Context, address string) error {
	return poll(ctx, time.Minute, func() error {
		limited, cancel := context.WithTimeout(ctx, askTimeout)
		defer cancel()
		return ask(limited, address)
	})
}

func serviceAnswersOutside(ctx context.Context, st *stage) error {
	public, err := st.serviceAddress(ctx, announcedAddress)
	if err != nil {
		return err
	}
	return answers(ctx, public)
}

// otherPortIsClosed asks for a port that the Service has and that the configuration
// does not open.
func otherPortIsClosed(ctx context.Context, st *stage) error {
	public, err := st.serviceAddress(ctx, announcedAddress)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, 2*askTimeout)
	defer cancel()
	if err := ask(limited, net.JoinHostPort(public, "81")); !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("port 81 answers, or is refused instead of dropped: %w", err)
	}
	return nil
}

// announcer is the node that answers for the Service.
func (st *stage) announcer(ctx context.Context) (string, error) {
	out, err := st.kubectl(ctx, "--namespace", "metallb-system", "get", "servicel2statuses", "--output=jsonpath={.items[*].status.node}")
	if err != nil {
		return "", err
	}
	nodes := strings.Fields(out)
	if len(nodes) != 1 {
		return "", fmt.Errorf("the nodes that answer for the Service are %v, want one", nodes)
	}
	return nodes[0], nil
}

func loseAnnouncer(ctx context.Context, st *stage) error {
	public, err := st.serviceAddress(ctx, announcedAddress)
	if err != nil {
		return err
	}
	victim, err := st.announcer(ctx)
	if err != nil {
		return err
	}
	all, err := st.hosts()
	if err != nil {
		return err
	}
	if !slices.Contains(all.workers, victim) {
		return fmt.Errorf("%s answers for the Service, want one of the workers %v", victim, all.workers)
	}
	asks := startProbe(ctx, askPace, askTimeout, func(ctx context.Context) error { return ask(ctx, public) })
	defer asks.stop()
	if err := asks.answered(ctx, steadily); err != nil {
		return err
	}
	err = powerLoss.during(ctx, st, victim, func() error {
		if err := asks.answered(ctx, steadily); err != nil {
			return err
		}
		return st.verdict(asks, victim+", which answers for the Service, is lost", announcerGap)
	})
	if err != nil {
		return err
	}
	if err := nodesReady(ctx, st); err != nil {
		return err
	}
	return systemPodsRun(ctx, st)
}

func withoutAnnounced(ctx context.Context, st *stage) error {
	_, err := st.kubectl(ctx, "delete", "service/web", "daemonset/web", "--timeout=2m", "--request-timeout=3m")
	return err
}
