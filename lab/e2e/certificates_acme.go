package main

import (
	"context"
	"fmt"
	"strings"
)

// acmeManifest is an ACME server, Pebble, whose own certificate is of the stack's
// authority. It asks at the ports that everybody does, and for each certificate anew.
const acmeManifest = `apiVersion: v1
kind: List
items:
  - apiVersion: cert-manager.io/v1
    kind: Certificate
    metadata: {name: pebble, namespace: default}
    spec:
      secretName: pebble
      dnsNames: [pebble.default.svc.cluster.local]
      issuerRef: {group: cert-manager.io, kind: ClusterIssuer, name: own}
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: pebble, namespace: default}
    data:
      pebble.json: |
        {"pebble": {"listenAddress": "0.0.0.0:14000", "managementListenAddress": "0.0.0.0:15000", "httpPort": 80, "tlsPort": 443,
         "certificate": "/tls/tls.crt", "privateKey": "/tls/tls.key", "retryAfter": {"authz": 1, "order": 1}}}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: pebble, namespace: default}
    spec:
      selector: {matchLabels: {app: pebble}}
      template:
        metadata: {labels: {app: pebble}}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
            - name: pebble
              image: ghcr.io/letsencrypt/pebble:2.10.3
              args: [-config, /config/pebble.json]
              env: [{name: PEBBLE_VA_NOSLEEP, value: "1"}, {name: PEBBLE_AUTHZREUSE, value: "0"}]
              readinessProbe: {periodSeconds: 1, tcpSocket: {port: 14000}}
              volumeMounts: [{name: config, mountPath: /config}, {name: tls, mountPath: /tls}]
          volumes: [{name: config, configMap: {name: pebble}}, {name: tls, secret: {secretName: pebble}}]
  - {apiVersion: v1, kind: Service, metadata: {name: pebble, namespace: default}, spec: {selector: {app: pebble}, ports: [{name: acme, port: 14000}, {name: about, port: 15000}]}}
`

func runACME(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, acmeManifest); err != nil {
		return err
	}
	_, err := st.kubectl(ctx, "rollout", "status", "deployment/pebble", "--timeout=3m", "--request-timeout=4m")
	return err
}

// withACME adds the server to the issuers, and a host name that it vouches for.
func (st *stage) withACME(ctx context.Context) (func(values), error) {
	authority, err := st.authority(ctx)
	return func(v values) {
		v.at("slipway:certManager", "issuers")["acme"] = map[string]any{"type": "acme", "acme": map[string]any{
			"server": "https://pebble.default.svc.cluster.local:14000/dir", "email": "ops@example.org", "caBundle": authority,
		}}
		v.at("slipway:ingress", "tls")[acmeName] = map[string]any{"issuer": "acme"}
	}, err
}

func useACME(ctx context.Context, st *stage) error {
	change, err := st.withACME(ctx)
	if err != nil {
		return err
	}
	_, err = st.upWith(ctx, change)
	return err
}

// acmeRoot asks the ACME server for its root, which is another one at each start, by
// way of the API server.
func (st *stage) acmeRoot(ctx context.Context) (string, error) {
	return st.kubectl(ctx, "get", "--raw", "/api/v1/namespaces/default/services/https:pebble:15000/proxy/roots/0")
}

func serverVouches(ctx context.Context, st *stage) error {
	root, err := st.acmeRoot(ctx)
	if err != nil {
		return err
	}
	_, err = st.vouched(ctx, acmeName, root, nil)
	return err
}

func withoutServers(ctx context.Context, st *stage) error {
	_, err := st.kubectl(ctx, "delete", "httproute/gate", "service/gate", "service/shop", "service/pebble", "deployment/gate", "deployment/pebble",
		"configmap/pebble", "certificate/pebble", "--timeout=2m", "--request-timeout=3m")
	return err
}

// withoutCertManager wants nothing of cert-manager but definitions, nor any key
// that it had signed.
func withoutCertManager(ctx context.Context, st *stage) error {
	_, err := st.upWith(ctx, func(v values) {
		delete(v, "slipway:certManager")
		delete(v.at("slipway:ingress"), "tls")
	})
	if err != nil {
		return err
	}
	left, err := st.kubectl(ctx, "get", "namespaces,clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations,clusterissuers", "--output=name")
	if err != nil {
		return err
	}
	inside, err := st.kubectl(ctx, "get", "secrets,leases,roles,rolebindings,certificates,orders,challenges,certificaterequests", "--all-namespaces", "--output=name")
	if err != nil {
		return err
	}
	for _, name := range strings.Fields(left + "\n" + inside) {
		if strings.Contains(name, "cert-manager") || strings.Contains(name, "tls-") || strings.Contains(name, "pebble") || strings.Contains(name, "clusterissuer") {
			return fmt.Errorf("the cluster still has %s, in\n%s\n%s", name, left, inside)
		}
	}
	return nil
}
