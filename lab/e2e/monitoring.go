package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// monitoring: the cluster is watched, and people would be told.
func monitoring() scenario {
	return scenario{
		name: "monitoring", story: "Prometheus reaches everything that a cluster consists of, an alert reaches Alertmanager; nothing is left",
		stack: monitoringStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"Prometheus reaches every part of the cluster", targetsAreUp},
			{"every rule is judged without an error", rulesAreJudged},
			{"the virtual address is known to be held, by one", addressIsHeld},
			{"Keepalived is heard by HAProxy, on each of its machines", keepalivedIsHeard},
			{"Grafana is accepted, and its dashboard finds answers", grafanaIsAccepted},
			{"a rule of a user's own fires for a node that is cordoned, and ends", ownAlert},
			{"what was measured outlasts a move of Prometheus, on its volume", samplesOutlast},
			{"make up reports no change", secondUp},
			{"another retention is taken over", otherRetention},
			{"out of the configuration, nothing of it is left", withoutMonitoring},
			{"its volume neither", volumesGo},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// scraped are how many targets each job has in a cluster of one control plane and
// two workers: kubelets are asked for three things each, CoreDNS has two pods.
var scraped = map[string]int{
	"apiserver": 1, "kube-etcd": 1, "kube-scheduler": 1, "kube-controller-manager": 1, "haproxy": 1,
	"kubelet": 9, "kube-proxy": 3, "node-exporter": 3, "coredns": 2,
	"kube-state-metrics": 1, "monitoring-operator": 1,
	// Each with the reloader of its configuration.
	"monitoring-prometheus": 2, "monitoring-alertmanager": 2,
}

// alertTime is for a rule to be read, judged and passed on: each of these has its
// own interval of half a minute or more.
const alertTime = 4 * time.Minute

// asked reads what a part of monitoring answers, through the API server.
func (st *stage) asked(ctx context.Context, part, path string, into any) error {
	out, err := st.kubectl(ctx, "get", "--raw", "/api/v1/namespaces/monitoring/services/monitoring-"+part+":http-web/proxy"+path)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(out), into)
}

func targetsAreUp(ctx context.Context, st *stage) error { return st.scrapes(ctx, scraped) }

// machinesAreWatched wants machines that are no nodes to be asked as well.
func machinesAreWatched(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { v["slipway:monitoring"] = map[string]any{"enabled": true} }); err != nil {
		return err
	}
	want := maps.Clone(scraped)
	maps.Copy(want, map[string]int{
		"apiserver": 3, "kube-scheduler": 3, "kube-controller-manager": 3, "kubelet": 12, "kube-proxy": 4, "node-exporter": 4, "kube-etcd": 3, "haproxy": 2,
	})
	if err := st.scrapes(ctx, want); err != nil {
		return err
	}
	if err := keepalivedIsHeard(ctx, st); err != nil {
		return err
	}
	return withoutMonitoring(ctx, st)
}

// scrapes wants Prometheus to reach so many targets of each job, and no others.
func (st *stage) scrapes(ctx context.Context, want map[string]int) error {
	return poll(ctx, alertTime, func() error {
		var answer struct {
			Data struct {
				ActiveTargets []struct {
					Labels    map[string]string
					ScrapeURL string
					Health    string
					LastError string
				}
			}
		}
		if err := st.asked(ctx, "prometheus", "/api/v1/targets?state=active", &answer); err != nil {
			return err
		}
		found := map[string]int{}
		var errs []error
		for _, target := range answer.Data.ActiveTargets {
			found[target.Labels["job"]]++
			if target.Health != "up" {
				errs = append(errs, fmt.Errorf("%s %s is %s: %s", target.Labels["job"], target.ScrapeURL, target.Health, target.LastError))
			}
		}
		if !maps.Equal(found, want) {
			errs = append(errs, fmt.Errorf("the jobs are %v, want %v", found, want))
		}
		return errors.Join(errs...)
	})
}

// rulesAreJudged wants Prometheus to have judged all rules, Slipway's own among them.
func rulesAreJudged(ctx context.Context, st *stage) error {
	return poll(ctx, alertTime, func() error {
		var answer struct {
			Data struct {
				Groups []struct {
					Name  string
					Rules []struct{ Name, Health, LastError string }
				}
			}
		}
		if err := st.asked(ctx, "prometheus", "/api/v1/rules", &answer); err != nil {
			return err
		}
		var errs []error
		own := 0
		for _, group := range answer.Data.Groups {
			for _, rule := range group.Rules {
				if group.Name == "haproxy" {
					own++
				}
				if rule.Health != "ok" {
					errs = append(errs, fmt.Errorf("%s of %s is %s: %s", rule.Name, group.Name, rule.Health, rule.LastError))
				}
			}
		}
		if own != 6 {
			errs = append(errs, fmt.Errorf("%d rules about the way to the API, want 6", own))
		}
		return errors.Join(errs...)
	})
}

const ownRule = `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: own, namespace: default}
spec: {groups: [{name: own, interval: 5s, rules: [{alert: Cordoned, expr: kube_node_spec_unschedulable == 1, labels: {severity: info}}]}]}
`

func ownAlert(ctx context.Context, st *stage) error {
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	if err := st.apply(ctx, ownRule); err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "cordon", nodes.workers[0]); err != nil {
		return err
	}
	fires := st.alert(ctx, "Cordoned", nodes.workers[0])
	_, err = st.kubectl(context.WithoutCancel(ctx), "uncordon", nodes.workers[0])
	if err := errors.Join(fires, err); err != nil {
		return err
	}
	if err := st.alert(ctx, "Cordoned"); err != nil {
		return err
	}
	_, err = st.kubectl(ctx, "delete", "prometheusrule", "own")
	return err
}

// alert wants Alertmanager to know of an alert for exactly these nodes.
func (st *stage) alert(ctx context.Context, name string, want ...string) error {
	return poll(ctx, alertTime, func() error {
		var alerts []struct{ Labels map[string]string }
		if err := st.asked(ctx, "alertmanager", "/api/v2/alerts?active=true&filter=alertname%3D"+name, &alerts); err != nil {
			return err
		}
		var nodes []string
		for _, a := range alerts {
			nodes = append(nodes, a.Labels["node"])
		}
		if !slices.Equal(nodes, want) {
			return fmt.Errorf("the nodes that Alertmanager has %s for are %v, want %v", name, nodes, want)
		}
		return nil
	})
}

func otherRetention(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { v.at("slipway:monitoring")["retention"] = "2d" }); err != nil {
		return err
	}
	// Prometheus reads it from its configuration, which the kubelet brings in its time.
	err := poll(ctx, alertTime, func() error {
		var answer struct {
			Data struct{ StorageRetention string }
		}
		err := st.asked(ctx, "prometheus", "/api/v1/status/runtimeinfo", &answer)
		if err == nil && answer.Data.StorageRetention != "2d" {
			err = fmt.Errorf("samples are kept for %q, want 2d", answer.Data.StorageRetention)
		}
		return err
	})
	if err != nil {
		return err
	}
	return targetsAreUp(ctx, st)
}

func withoutMonitoring(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { delete(v, "slipway:monitoring") }); err != nil {
		return err
	}
	return poll(ctx, time.Minute, func() error { // the cluster collects what belonged to what is gone
		left, err := st.kubectl(ctx, "get", "namespaces,clusterroles,clusterrolebindings", "--output=name")
		if err != nil {
			return err
		}
		system, err := st.kubectl(ctx, "--namespace", "kube-system", "get", "services,endpointslices,roles,rolebindings", "--output=name")
		if err == nil && strings.Contains(left+system, "/monitoring") {
			err = fmt.Errorf("the cluster still has\n%s%s", left, system)
		}
		return err
	})
}
