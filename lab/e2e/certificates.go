package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// certificates: host names are answered by HTTPS.
func certificates() scenario {
	return scenario{
		name: "certificates", story: "host names are answered by HTTPS, with certificates of the stack's own authority and of an ACME server",
		stack: certificatesStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"a server and its HTTPRoute", serveSecurely},
			{"its name is answered by HTTPS, with a certificate of the authority", authorityVouches},
			{"no other name is", otherNameIsRefused},
			{"a certificate that is deleted is issued again", issuedAgain},
			{"an ACME server in the cluster", runACME},
			{"make up with it as an issuer", useACME},
			{"another name is answered with a certificate of the ACME server", serverVouches},
			{"make up reports no change", secondUp},
			{"the servers go", withoutServers},
			{"out of the configuration, only definitions are left", withoutCertManager},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// issueTime is above what it takes to issue a certificate, and Traefik to use it.
const issueTime = 2 * time.Minute

const (
	secureName = "gate.test"
	// acmeName is one that resolves inside the cluster, where the ACME server asks.
	acmeName = "shop.default.svc.cluster.local"
)

const secureManifest = `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: gate, namespace: default}
    spec:
      selector: {matchLabels: {app: gate}}
      template:
        metadata: {labels: {app: gate}}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
            - name: web
              image: docker.io/library/busybox:1.37
              command: [sh, -c, "mkdir -p /tmp/www && hostname >/tmp/www/index.html && exec busybox httpd -f -p 8080 -h /tmp/www"]
              readinessProbe: {periodSeconds: 1, tcpSocket: {port: 8080}}
  - {apiVersion: v1, kind: Service, metadata: {name: gate, namespace: default}, spec: {selector: {app: gate}, ports: [{port: 80, targetPort: 8080}]}}
  - {apiVersion: v1, kind: Service, metadata: {name: shop, namespace: default}, spec: {type: ExternalName, externalName: traefik.traefik.svc.cluster.local}}
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: gate, namespace: default}
    spec:
      parentRefs: [{name: slipway, namespace: traefik}]
      hostnames: [` + secureName + `, ` + acmeName + `]
      rules: [{backendRefs: [{name: gate, port: 80}]}]
`

func serveSecurely(ctx context.Context, st *stage) error {
	if err := st.apply(ctx, secureManifest); err != nil {
		return err
	}
	_, err := st.kubectl(ctx, "rollout", "status", "deployment/gate", "--timeout=3m", "--request-timeout=4m")
	return err
}

// authority is the stack's own, from its outputs, in PEM.
func (st *stage) authority(ctx context.Context) (string, error) {
	out, err := st.tool(ctx, command{argv: onStack(st.stack, "stack", "output", "issuerAuthorities", "--json")})
	if err != nil {
		return "", err
	}
	all := map[string]string{}
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		return "", err
	}
	if all["own"] == "" {
		return "", fmt.Errorf("the authorities are %v, want one of the issuer own", all)
	}
	return all["own"], nil
}

// askSecurely requests the page of a host name over TLS, and returns the server's
// certificate, which the authority has to vouch for by that name.
func askSecurely(ctx context.Context, address, host, authority string) (*x509.Certificate, error) {
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM([]byte(authority)) {
		return nil, errors.New("the authority is no certificate in PEM")
	}
	limited, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(limited, http.MethodGet, "https://"+host+"/", nil)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(address, "443"))
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	page, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err == nil && (response.StatusCode != http.StatusOK || !strings.HasPrefix(string(page), "gate-")) {
		err = fmt.Errorf("%s answers %d, %q, want the page of the server", host, response.StatusCode, page)
	}
	return response.TLS.PeerCertificates[0], err
}

// vouched wants a host name to be answered with a certificate of an authority that
// is new, if there was one before.
func (st *stage) vouched(ctx context.Context, host, authority string, before *x509.Certificate) (*x509.Certificate, error) {
	public, err := st.serviceAddress(ctx, announcedAddress)
	if err != nil {
		return nil, err
	}
	var found *x509.Certificate
	started := time.Now()
	err = poll(ctx, issueTime, func() error {
		found, err = askSecurely(ctx, public, host, authority)
		if err == nil && before != nil && found.SerialNumber.Cmp(before.SerialNumber) == 0 {
			err = errors.New("the certificate is the one that was deleted")
		}
		return err
	})
	if err == nil {
		st.say("%s: certificate of %q after %.1f s", host, found.Issuer.CommonName, time.Since(started).Seconds())
	}
	return found, err
}

func authorityVouches(ctx context.Context, st *stage) error {
	authority, err := st.authority(ctx)
	if err != nil {
		return err
	}
	_, err = st.vouched(ctx, secureName, authority, nil)
	return err
}

// otherNameIsRefused wants the handshake to fail whatever the client trusts.
func otherNameIsRefused(ctx context.Context, st *stage) error {
	public, err := st.serviceAddress(ctx, announcedAddress)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	anything := &tls.Config{ServerName: "nobody.test", InsecureSkipVerify: true}
	connection, err := (&tls.Dialer{Config: anything}).DialContext(limited, "tcp", net.JoinHostPort(public, "443"))
	if err == nil {
		connection.Close()
		return errors.New("nobody.test is answered by TLS")
	}
	var alert *net.OpError
	if !errors.As(err, &alert) || alert.Op != "remote error" || !strings.HasSuffix(alert.Error(), "unrecognized name") {
		return fmt.Errorf("want the server to refuse the name, got %w", err)
	}
	return nil
}

func issuedAgain(ctx context.Context, st *stage) error {
	authority, err := st.authority(ctx)
	if err != nil {
		return err
	}
	before, err := st.vouched(ctx, secureName, authority, nil)
	if err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "--namespace", "traefik", "delete", "secret", "tls-"+secureName); err != nil {
		return err
	}
	_, err = st.vouched(ctx, secureName, authority, before)
	return err
}
