package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
)

// cephIsWatched wants Prometheus to reach Ceph's manager, to know its disks, to judge
// upstream's rules, and to have an answer to what the dashboard about Ceph asks.
func cephIsWatched(ctx context.Context, st *stage) error {
	err := poll(ctx, alertTime, func() error {
		return errors.Join(
			st.isAnswered(ctx, `up{job="rook-ceph-mgr"} == 1`),
			st.isAnswered(ctx, `sum(ceph_osd_up) == 3`),
			st.cephRules(ctx),
		)
	})
	if err != nil {
		return err
	}
	return st.showsAnswers(ctx, "ceph")
}

// cephRules wants those that come with Ceph to be judged.
func (st *stage) cephRules(ctx context.Context) error {
	var answer struct {
		Data struct {
			Groups []struct {
				File  string
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	if err := st.asked(ctx, "prometheus", "/api/v1/rules", &answer); err != nil {
		return err
	}
	var errs []error
	count := 0
	for _, group := range answer.Data.Groups {
		if !strings.Contains(group.File, "/rook-ceph-") {
			continue
		}
		for _, rule := range group.Rules {
			count++
			if rule.Health != "ok" {
				errs = append(errs, fmt.Errorf("%s is %s: %s", rule.Name, rule.Health, rule.LastError))
			}
		}
	}
	if count == 0 {
		errs = append(errs, errors.New("no rule about Ceph is known to Prometheus"))
	}
	return errors.Join(errs...)
}

// logIn reads a password, and wants the dashboard to take it, and to have a page.
const logIn = `url=https://rook-ceph-mgr-dashboard.rook-ceph:8443
ask() { curl --silent --show-error --insecure --fail --max-time 20 "$@"; }
jq --raw-input '{username: "admin", password: .}' |
  ask --data @- --header 'Content-Type: application/json' --header 'Accept: application/vnd.ceph.api.v1.0+json' "$url/api/auth" |
  jq --exit-status '.token | length > 0' >/dev/null
ask "$url/" | grep --quiet '<title>Ceph</title>'
`

// dashboardLetsIn logs in as the operator of the cluster would. Rook gives the dashboard
// its certificate while the manager still starts, gives up after 15 s, which machines as
// slow as these may need, and tries again when it looks at the whole cluster anew.
func dashboardLetsIn(ctx context.Context, st *stage) error {
	if _, err := st.kubectl(ctx, "--namespace", "rook-ceph", "rollout", "restart", "deployment/rook-ceph-operator"); err != nil {
		return err
	}
	get := append(st.kubectlArgv(), "--namespace", "rook-ceph", "get", "secret", "rook-ceph-dashboard-password", "--output=jsonpath={.data.password}")
	encoded, err := st.tool(ctx, command{argv: get, quiet: true})
	if err != nil {
		return err
	}
	password, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return fmt.Errorf("reading the dashboard's password: %w", err)
	}
	ask := func(password string) (string, error) {
		exec := append(st.kubectlArgv(), "--namespace", "rook-ceph", "exec", "--stdin", "deployment/rook-ceph-tools", "--", "bash", "-euo", "pipefail", "-c", logIn)
		return st.tool(ctx, command{argv: exec, stdin: password})
	}
	err = poll(ctx, 5*time.Minute, func() error {
		_, err := ask(string(password))
		return err
	})
	if err != nil {
		return err
	}
	// Refused, which is another thing than not answered.
	if out, err := ask("not the password"); err == nil || !strings.Contains(out, "error: 400") {
		return fmt.Errorf("the dashboard does not refuse a false password with 400: %s (%v)", out, err)
	}
	return nil
}
