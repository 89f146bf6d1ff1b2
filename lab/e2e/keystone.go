package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// keystoneAuth: people log in to the cluster with their identity in the cloud.
func keystoneAuth() scenario {
	p := &people{}
	return scenario{
		name: "keystone-auth", story: "tokens of Keystone log in, each role with its rights and no other project's; out of the configuration none does",
		stack: keystoneStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"people in the project, and in another one", p.create},
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"every pod of kube-system runs", systemPodsRun},
			{"a member looks, and nothing else", p.memberLooks},
			{"kubectl logs in with a token in its kubeconfig", p.withKubectl},
			{"an administrator of the project does everything", p.adminDoes},
			{"a role without rights logs in, and has none", p.readerIsForbidden},
			{"a token of another project is refused as that", p.strangerIsRefused},
			{"a false token is refused as that", p.falseTokenIsRefused},
			{"nobody else changes whom the server lets in", serverIsClosed},
			{"the server is killed, and logins come back", p.serverReturns},
			{"make up reports no change", secondUp},
			{"the tokens show nowhere", p.tokensAreHidden},
			{"out of the configuration, nothing of it is left and no token is good", p.withoutKeystone},
			{"switched on in the running cluster, a member looks again", p.switchedOn},
			{"make destroy", destroyStack},
			{"the people go", p.remove},
			{"the project is empty", projectIsEmpty},
		},
	}
}

const (
	podsPath    = "/api/v1/namespaces/kube-system/pods"
	secretsPath = "/api/v1/namespaces/kube-system/secrets"
	mapsPath    = "/api/v1/namespaces/default/configmaps"
	newMap      = `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "by-keystone"}}`
)

// request is one of a person's, and what is to come of it.
type request struct {
	method, path, body string
	want               int
}

// returnsWithin is far above what API servers remember of an answer that failed.
const returnsWithin = 2 * time.Minute

func (p *people) memberLooks(ctx context.Context, st *stage) error {
	return p.asks(ctx, st, member,
		request{http.MethodGet, podsPath, "", http.StatusOK},
		request{http.MethodGet, secretsPath, "", http.StatusForbidden},
		request{http.MethodPost, mapsPath, newMap, http.StatusForbidden})
}

func (p *people) adminDoes(ctx context.Context, st *stage) error {
	return p.asks(ctx, st, administrator,
		request{http.MethodGet, secretsPath, "", http.StatusOK},
		request{http.MethodPost, mapsPath, newMap, http.StatusCreated},
		request{http.MethodDelete, mapsPath + "/by-keystone", "", http.StatusOK})
}

func (p *people) readerIsForbidden(ctx context.Context, st *stage) error {
	return p.asks(ctx, st, reader,
		request{http.MethodGet, podsPath, "", http.StatusForbidden},
		request{http.MethodGet, "/version", "", http.StatusOK}) // whoever is logged in
}

func (p *people) strangerIsRefused(ctx context.Context, st *stage) error {
	if err := p.asks(ctx, st, stranger, request{http.MethodGet, podsPath, "", http.StatusUnauthorized}); err != nil {
		return err
	}
	return st.refusedBecause(ctx, "the token is of no project that may log in")
}

func (p *people) falseTokenIsRefused(ctx context.Context, st *stage) error {
	if err := st.expect(ctx, "gAAAAAB-false-token-0123456789", request{http.MethodGet, podsPath, "", http.StatusUnauthorized}); err != nil {
		return err
	}
	return st.refusedBecause(ctx, "Keystone does not know the token")
}

// refusedBecause looks for the reason in the API server's log: a client learns
// nothing but that it is refused.
func (st *stage) refusedBecause(ctx context.Context, reason string) error {
	return poll(ctx, returnsWithin, func() error {
		out, err := st.kubectl(ctx, "--namespace", "kube-system", "logs", "--selector=component=kube-apiserver", "--tail=2000")
		if err == nil && !strings.Contains(out, reason) {
			err = fmt.Errorf("the API server's log has no %q", reason)
		}
		return err
	})
}

// serverIsClosed asks the server itself, on its node, for what only its owner
// should be able to do.
func serverIsClosed(ctx context.Context, st *stage) error {
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	for path, want := range map[string]string{"/v1/data": "401", "/v1/policies/review.rego": "401", "/health": "200"} {
		got, err := st.inside(ctx, nodes.controlPlanes[0], "curl", "--silent", "--insecure", "--max-time", "10", "--output", "/dev/null",
			"--write-out", "%{http_code}", "https://127.0.0.1:10263"+path)
		if err != nil || got != want {
			return errors.Join(err, fmt.Errorf("asking for %s is answered with %s, want %s", path, got, want))
		}
	}
	return nil
}

// serverReturns kills the server. API servers remember who a token is, so only a
// new one tells whether there is a server again.
func (p *people) serverReturns(ctx context.Context, st *stage) error {
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	for _, node := range nodes.controlPlanes {
		if _, err := st.inside(ctx, node, "pkill", "-KILL", "-x", "opa"); err != nil {
			return err
		}
	}
	start := time.Now()
	err = poll(ctx, returnsWithin, func() error { return p.memberLooks(ctx, st) })
	if err != nil {
		return err
	}
	st.say("logins were back after %.0f s", time.Since(start).Seconds())
	restarts, err := st.kubectl(ctx, "--namespace", "kube-system", "get", "pods", "--selector=app=keystone-auth",
		"--output=jsonpath={.items[*].status.containerStatuses[*].restartCount}")
	if want := strings.TrimSpace(strings.Repeat("1 ", len(nodes.controlPlanes))); err == nil && strings.TrimSpace(restarts) != want {
		err = fmt.Errorf("the servers were restarted %q times, want %q", restarts, want)
	}
	return err
}

func (p *people) withoutKeystone(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { delete(v, "slipway:keystoneAuth") }); err != nil {
		return err
	}
	left, err := st.kubectl(ctx, "get", "daemonsets,configmaps,secrets,clusterrolebindings", "--all-namespaces", "--output=name")
	if err != nil {
		return err
	}
	if strings.Contains(left, "keystone") {
		return fmt.Errorf("the cluster still has\n%s", left)
	}
	if err := st.webhookIs(ctx, false); err != nil {
		return err
	}
	return p.asks(ctx, st, administrator, request{http.MethodGet, podsPath, "", http.StatusUnauthorized})
}

func (p *people) switchedOn(ctx context.Context, st *stage) error {
	if err := backAgain(ctx, st); err != nil {
		return err
	}
	if err := st.webhookIs(ctx, true); err != nil {
		return err
	}
	return p.memberLooks(ctx, st)
}

// webhookIs wants every API server told of the server, or none, and the same for
// those of control planes that join.
func (st *stage) webhookIs(ctx context.Context, wanted bool) error {
	const flag = "authentication-token-webhook-config-file"
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	for _, node := range nodes.controlPlanes {
		text, err := st.inside(ctx, node, "sh", "-c", "cat "+apiManifest+"; ls /etc/kubernetes/apiserver")
		if err != nil {
			return err
		}
		if strings.Contains(text, flag) != wanted || strings.Contains(text, "token-webhook.yaml") != wanted {
			return fmt.Errorf("the API server of %s is told of the webhook: not as wanted (%v)", node, wanted)
		}
	}
	config, err := st.kubectl(ctx, "--namespace", "kube-system", "get", "configmap", "kubeadm-config", "--output=yaml")
	if err == nil && strings.Contains(config, flag) != wanted {
		err = fmt.Errorf("what control planes join with: not as wanted (%v)", wanted)
	}
	return err
}
