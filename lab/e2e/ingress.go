package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ingress: requests find Services by their host names.
func ingress() scenario {
	return scenario{
		name: "ingress", story: "an HTTPRoute and an Ingress answer by their host names at one floating IP, and go on when a node of Traefik is lost",
		stack: ingressStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"Traefik has its address, and pods on different nodes", ingressStands},
			{"two servers, an HTTPRoute and an Ingress", routeServers},
			{"each answers by its host name at the floating IP, no other name does", routesAnswer},
			{"the node that answers loses its power, another one answers", loseIngressNode},
			{"make up reports no change", secondUp},
			{"the servers go", withoutRoutes},
			{"out of the configuration, only definitions are left", withoutIngress},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// routedManifest has two servers, one behind an HTTPRoute of another namespace than
// the Gateway's, one behind an Ingress that names no class.
const routedManifest = `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: gate, namespace: default}
    spec:
      replicas: 2
      selector: {matchLabels: {app: gate}}
      template:
        metadata: {labels: {app: gate}}
        spec:
          terminationGracePeriodSeconds: 0
          topologySpreadConstraints:
            - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: gate}}}
          containers:
            - name: web
              image: docker.io/library/busybox:1.37
              command: [sh, -c, "mkdir -p /tmp/www && hostname >/tmp/www/index.html && exec busybox httpd -f -p 8080 -h /tmp/www"]
              readinessProbe: {periodSeconds: 1, tcpSocket: {port: 8080}}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: door, namespace: default}
    spec:
      selector: {matchLabels: {app: door}}
      template:
        metadata: {labels: {app: door}}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
            - name: web
              image: docker.io/library/busybox:1.37
              command: [sh, -c, "mkdir -p /tmp/www && hostname >/tmp/www/index.html && exec busybox httpd -f -p 8080 -h /tmp/www"]
              readinessProbe: {periodSeconds: 1, tcpSocket: {port: 8080}}
  - {apiVersion: v1, kind: Service, metadata: {name: gate, namespace: default}, spec: {selector: {app: gate}, ports: [{port: 80, targetPort: 8080}]}}
  - {apiVersion: v1, kind: Service, metadata: {name: door, namespace: default}, spec: {selector: {app: door}, ports: [{port: 80, targetPort: 8080}]}}
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: gate, namespace: default}
    spec:
      parentRefs: [{name: slipway, namespace: traefik}]
      hostnames: [gate.test]
      rules: [{backendRefs: [{name: gate, port: 80}]}]
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: door, namespace: default}
    spec:
      rules: [{host: door.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: door, port: {number: 80}}}}]}}]
`

// routedGap is how long nobody may answer when a node is lost: MetalLB's speakers
// notice after some seconds, and Traefik asks a server that is gone until the
// cluster has noticed, too.
const routedGap = time.Minute

func ingressStands(ctx context.Context, st *stage) error {
	address, err := st.kubectl(ctx, "--namespace", "traefik", "get", "service", "traefik", "--output=jsonpath={.status.loadBalancer.ingress[*].ip}")
	if err != nil {
		return err
	}
	if strings.TrimSpace(address) != announcedAddress {
		return fmt.Errorf("the address of Traefik is %q, want %s", address, announcedAddress)
	}
	out, err := st.kubectl(ctx, "--namespace", "traefik", "get", "pods", "--output=jsonpath={.items[*].spec.nodeName}")
	if err != nil {
		return err
	}
	nodes := strings.Fields(out)
	if slices.Sort(nodes); len(nodes) != 2 || len(slices.Compact(nodes)) != 2 {
		return fmt.Errorf("the pods are on %v, want two nodes", nodes)
	}
	_, err = st.kubectl(ctx, "--namespace", "traefik", "wait", "gateway/slipway", "--for=condition=Programmed", "--timeout=1m", "--request-timeout=2m")
	return err
}

func routeServers(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, routedManifest); err != nil {
		return err
	}
	for _, name := range []string{"gate", "door"} {
		if _, err := st.kubectl(ctx, "rollout", "status", "deployment/"+name, "--timeout=3m", "--request-timeout=4m"); err != nil {
			return err
		}
	}
	return nil
}

// askFor requests the page of a host name at an address.
func askFor(ctx context.Context, address, host string) (status int, page string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", nil)
	if err != nil {
		return 0, "", err
	}
	request.Host = host
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	return response.StatusCode, string(content), err
}

// wantPage wants the page of the server that a host name belongs to.
func wantPage(ctx context.Context, address, name string) error {
	limited, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	status, page, err := askFor(limited, address, name+".test")
	if err == nil && (status != http.StatusOK || !strings.HasPrefix(page, name+"-")) {
		err = fmt.Errorf("%s.test answers %d, %q, want the page of the server %s", name, status, page, name)
	}
	return err
}

func routesAnswer(ctx context.Context, st *stage) error {
	public, err := st.serviceAddress(ctx, announcedAddress)
	if err != nil {
		return err
	}
	return routesAnswerAt(ctx, public)
}

func routesAnswerAt(ctx context.Context, public string) error {
	for _, name := range []string{"gate", "door"} {
		if err := poll(ctx, time.Minute, func() error { return wantPage(ctx, public, name) }); err != nil {
			return err
		}
	}
	limited, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	status, _, err := askFor(limited, public, "nobody.test")
	if err == nil && status != http.StatusNotFound {
		err = fmt.Errorf("nobody.test answers %d, want %d", status, http.StatusNotFound)
	}
	return err
}

func loseIngressNode(ctx context.Context, st *stage) error {
	public, err := st.serviceAddress(ctx, announcedAddress)
	if err != nil {
		return err
	}
	victim, err := st.announcer(ctx)
	if err != nil {
		return err
	}
	asks := startProbe(ctx, askPace, askTimeout, func(ctx context.Context) error { return wantPage(ctx, public, "gate") })
	defer asks.stop()
	if err := asks.answered(ctx, steadily); err != nil {
		return err
	}
	err = powerLoss.during(ctx, st, victim, func() error {
		if err := st.notReady(ctx, victim); err != nil {
			return err
		}
		if err := asks.answered(ctx, steadily); err != nil {
			return err
		}
		return st.verdict(asks, victim+", which answers for Traefik, is lost", routedGap)
	})
	if err != nil {
		return err
	}
	if err := nodesReady(ctx, st); err != nil {
		return err
	}
	return systemPodsRun(ctx, st)
}

func withoutRoutes(ctx context.Context, st *stage) error {
	_, err := st.kubectl(ctx, "delete", "httproute/gate", "ingress/door", "service/gate", "service/door", "deployment/gate", "deployment/door",
		"--timeout=2m", "--request-timeout=3m")
	return err
}

// withoutIngress wants nothing of Traefik but definitions, and its address to be
// free for another Service.
func withoutIngress(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { delete(v, "slipway:ingress") }); err != nil {
		return err
	}
	left, err := st.kubectl(ctx, "get", "namespaces,clusterroles,clusterrolebindings,ingressclasses,gatewayclasses,priorityclasses", "--output=name")
	if err != nil {
		return err
	}
	if strings.Contains(left, "traefik") {
		return fmt.Errorf("the cluster still has\n%s", left)
	}
	kinds, err := st.kubectl(ctx, "get", "customresourcedefinitions", "--output=name")
	if err != nil {
		return err
	}
	if !strings.Contains(kinds, "gateways.gateway.networking.k8s.io") || strings.Contains(kinds, "hub.traefik.io") {
		return errors.New("the definitions that are left are not those of the Gateway API and Traefik:\n" + kinds)
	}
	if err := st.announce(ctx, announcedAddress); err != nil {
		return err
	}
	return withoutAnnounced(ctx, st)
}
