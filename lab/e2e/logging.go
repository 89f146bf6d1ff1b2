package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// logging: what is written is kept and found. The local cloud has no Alloy and none
// of Elastic's programs but the operator, so of these objects are judged.
func logging() scenario {
	elastic := &elastic{}
	return scenario{
		name: "logging", story: "Loki gives back a line that it took; what brings logs, and all of Elastic's, is accepted; nothing is left",
		stack: loggingStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"a server pod and a client pod", startPods},
			{"Loki takes a line of a pod and gives it back", lokiKeepsLine},
			{"the pods go away", removePods},
			{"Alloy is accepted in a dry run", alloyIsAccepted},
			{"Elastic's objects are accepted in a dry run", elastic.isAccepted},
			{"ECK takes up what it is asked for", elastic.isTakenUp},
			{"of these nothing is left", elastic.isGone},
			{"make up reports no change", secondUp},
			{"another retention is taken over", otherLogRetention},
			{"out of the configuration, nothing of it is left", withoutLogging},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// logTime is for Loki to start, and to find what it has just taken.
const logTime = 2 * time.Minute

// lokiAt is a path of Loki's API, through the API server.
func lokiAt(path string) string {
	return "/api/v1/namespaces/loki/services/loki:http-metrics/proxy" + path
}

// push is what Loki takes: https://grafana.com/docs/loki/latest/reference/loki-http-api/
type push struct {
	Streams []logStream `json:"streams"`
}

type logStream struct {
	Labels map[string]string `json:"stream"`
	Lines  [][2]string       `json:"values"`
}

func lokiKeepsLine(ctx context.Context, st *stage) error {
	now := strconv.FormatInt(time.Now().UnixNano(), 10)
	line := "a line of " + now
	body, err := json.Marshal(push{[]logStream{{map[string]string{"job": "e2e"}, [][2]string{{now, line}}}}})
	if err != nil {
		return err
	}
	// From a pod, as who brings logs: kubectl would not say that this is JSON. What is
	// pushed twice is kept once.
	const request = `printf 'POST /loki/api/v1/push HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' "${#1}" "$1" | busybox timeout 5 busybox nc loki.loki 3100`
	err = poll(ctx, logTime, func() error {
		out, err := st.kubectl(ctx, "--namespace", podsNamespace, "exec", "client", "--", "sh", "-c", request, "sh", string(body))
		if err == nil && !strings.Contains(out, " 204 ") {
			err = fmt.Errorf("to a line pushed, Loki answers %q, want 204", out)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("pushing a line: %w", err)
	}
	return poll(ctx, logTime, func() error { return st.lokiHas(ctx, line) })
}

// lokiHas wants Loki to find this line, and no other.
func (st *stage) lokiHas(ctx context.Context, line string) error {
	var answer struct {
		Data struct {
			Result []struct{ Values [][2]string }
		}
	}
	out, err := st.kubectl(ctx, "get", "--raw", lokiAt("/loki/api/v1/query_range?query="+url.QueryEscape(`{job="e2e"} |= "`+line+`"`)))
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		return err
	}
	if r := answer.Data.Result; len(r) != 1 || len(r[0].Values) != 1 || r[0].Values[0][1] != line {
		return fmt.Errorf("asked for the line, Loki finds %v, want %q", r, line)
	}
	return nil
}

// otherLogRetention has Loki start with another configuration.
func otherLogRetention(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { v.at("slipway:logging")["retention"] = "2d" }); err != nil {
		return err
	}
	return poll(ctx, logTime, func() error {
		out, err := st.kubectl(ctx, "get", "--raw", lokiAt("/config"))
		if err == nil && !strings.Contains(out, "retention_period: 2d\n") {
			err = fmt.Errorf("logs are not kept for 2d: %s", linesWith(out, "retention"))
		}
		return err
	})
}

// linesWith are the lines of a text that contain a word.
func linesWith(text, word string) string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return strings.Join(found, ", ")
}

func withoutLogging(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { delete(v, "slipway:logging") }); err != nil {
		return err
	}
	return poll(ctx, time.Minute, func() error { // the cluster collects what belonged to what is gone
		left, err := st.kubectl(ctx, "get", "namespaces,clusterroles,clusterrolebindings", "--output=name")
		if err == nil && (strings.Contains(left, "loki") || strings.Contains(left, "alloy")) {
			err = fmt.Errorf("the cluster still has\n%s", left)
		}
		return err
	})
}
