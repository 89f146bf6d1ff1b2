package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// externalDNS: names lead to what runs in the cluster, for as long as it does.
func externalDNS() scenario {
	z := &zone{}
	return scenario{
		name: "external-dns", story: "names of a Service and an HTTPRoute are in Designate and follow them; the cluster's records go with it, others' stay",
		stack: dnsStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"without its zone, the stack is refused", z.missing},
			{"a zone of Designate, with a record of somebody else", z.create},
			{"make up", z.up},
			{"every node is Ready", nodesReady},
			{"the name of a Service leads to its address", z.serviceIsFound},
			{"so do the names of an HTTPRoute, the zone's own and any name of a kind", z.routeIsFound},
			{"renamed, it has the new name only", z.renamed},
			{"make up reports no change", secondUp},
			{"with another credential, a name follows still", z.nextCredential},
			{"the credential's secret is nowhere to be read", namesCredential.isHidden},
			{"the Service goes, and its name", z.serviceGoes},
			{"out of the configuration, no record of the cluster is left", z.withoutExternalDNS},
			{"switched on in the running cluster, the route is found again", z.switchedOn},
			{"told to keep records, it keeps them when it goes", z.kept},
			{"back again, it takes them for its own", z.switchedOn},
			{"make destroy", destroyStack},
			{"only the record of somebody else is left", z.onlyOthers},
			{"the zone goes", z.remove},
			{"the project is empty", projectIsEmpty},
		},
	}
}

const (
	zoneName   = "apps.slipway.test"
	othersName = "mail." + zoneName
	othersIP   = "192.0.2.25"
	// publicIP is what the ingress is told that clients know it by.
	publicIP = "192.0.2.80"
	// recordTime is for ExternalDNS to look, at least once a minute, and for Designate
	// to tell its name servers.
	recordTime = 2 * time.Minute
)

// naming has the stack write names, with a further setting.
func naming(key string, value any) func(values) {
	return func(v values) {
		v["slipway:externalDNS"] = map[string]any{"enabled": true, "zones": []string{zoneName}, key: value}
	}
}

func (z *zone) up(ctx context.Context, st *stage) error {
	_, err := st.upWith(ctx, naming("policy", "sync"))
	return err
}

// namedManifest names the Service of announcedManifest.
func namedManifest(name string) string {
	return strings.Replace(announcedManifest, "metadata: {name: web, namespace: default}\nspec:\n  type: LoadBalancer",
		"metadata: {name: web, namespace: default, annotations: {external-dns.alpha.kubernetes.io/hostname: "+name+"."+zoneName+"}}\nspec:\n  type: LoadBalancer", 1)
}

const namedRoute = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: default}
spec:
  parentRefs: [{name: slipway, namespace: traefik}]
  hostnames: [shop.` + zoneName + `, ` + zoneName + `, "*.wild.` + zoneName + `"]
  rules: [{backendRefs: [{name: web, port: 80}]}]
`

// serviceIsFound asks for another address than the ingress has.
func (z *zone) serviceIsFound(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, namedManifest("web")); err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "annotate", "service", "web", "metallb.io/loadBalancerIPs="+requestedAddress); err != nil {
		return err
	}
	return z.wants(ctx, "web", requestedAddress)
}

func (z *zone) routeIsFound(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, namedRoute); err != nil {
		return err
	}
	return z.findsRoute(ctx)
}

// findsRoute wants all names of the route.
func (z *zone) findsRoute(ctx context.Context) error {
	return errors.Join(z.wants(ctx, "shop", publicIP), z.wants(ctx, "", publicIP), z.wants(ctx, "one.wild", publicIP))
}

func (z *zone) renamed(ctx context.Context, st *stage) error {
	return errors.Join(z.rename(ctx, st, "web", "site"), z.findsRoute(ctx), z.wants(ctx, "mail", othersIP))
}

// rename gives the Service another name, and wants the former one to go.
func (z *zone) rename(ctx context.Context, st *stage, from, to string) error {
	if _, err := st.kubectl(ctx, "annotate", "--overwrite", "service", "web", "external-dns.alpha.kubernetes.io/hostname="+to+"."+zoneName); err != nil {
		return err
	}
	return errors.Join(z.wants(ctx, to, requestedAddress), z.wants(ctx, from, ""))
}

func (z *zone) nextCredential(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, naming("credentialGeneration", 2)); err != nil {
		return err
	}
	return errors.Join(st.credentials(ctx, "dns-external-dns-2"), z.rename(ctx, st, "site", "page"))
}

func (z *zone) serviceGoes(ctx context.Context, st *stage) error {
	if err := withoutAnnounced(ctx, st); err != nil {
		return err
	}
	return errors.Join(z.wants(ctx, "page", ""), z.findsRoute(ctx))
}

// withoutExternalDNS wants the records gone although what they are for is there.
func (z *zone) withoutExternalDNS(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(values) {}); err != nil {
		return err
	}
	if err := z.onlyOthers(ctx, st); err != nil {
		return err
	}
	left, err := st.kubectl(ctx, "get", "namespaces,clusterroles,clusterrolebindings", "--output=name")
	if err == nil && strings.Contains(left, "external-dns") {
		err = fmt.Errorf("the cluster still has\n%s", left)
	}
	return errors.Join(err, st.credentials(ctx))
}

func (z *zone) switchedOn(ctx context.Context, st *stage) error {
	if err := z.up(ctx, st); err != nil {
		return err
	}
	return z.findsRoute(ctx)
}

func (z *zone) kept(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, naming("policy", "upsert-only")); err != nil {
		return err
	}
	// A change of policy is not a removal: a pod goes on writing records.
	err := poll(ctx, recordTime, func() error {
		ready, err := st.kubectl(ctx, "--namespace", "external-dns", "get", "deployment", "external-dns", "--output=jsonpath={.spec.replicas} {.status.readyReplicas}")
		if err == nil && strings.TrimSpace(ready) != "1 1" {
			err = fmt.Errorf("of the pods wanted are ready %q, want 1 and 1", ready)
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := st.upWith(ctx, func(values) {}); err != nil {
		return err
	}
	return z.findsRoute(ctx)
}

// wants asks the name server until a name in the zone, "" for its own, has this address, or none.
func (z *zone) wants(ctx context.Context, name, address string) error {
	full := strings.TrimPrefix(name+"."+zoneName, ".")
	return poll(ctx, recordTime, func() error {
		found, err := z.lookUp(ctx, full)
		if err == nil && strings.Join(found, " ") != address {
			err = fmt.Errorf("%s leads to %q, want %q", full, strings.Join(found, " "), address)
		}
		return err
	})
}

// nameserver is the address of the cloud's own.
func (z *zone) nameserver() (string, error) {
	at, err := url.Parse(z.client.Endpoint)
	if err != nil {
		return "", err
	}
	return at.Hostname(), nil
}

// lookUp asks the cloud's name server itself.
func (z *zone) lookUp(ctx context.Context, name string) ([]string, error) {
	server, err := z.nameserver()
	if err != nil {
		return nil, err
	}
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(server, "53"))
	}}
	found, err := resolver.LookupHost(ctx, name+".")
	var problem *net.DNSError
	if errors.As(err, &problem) && problem.IsNotFound {
		return nil, nil
	}
	return found, err
}
