package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const prometheusPod = "prometheus-monitoring-prometheus-0"

// samplesOutlast moves Prometheus to another node, and wants it to know what the one
// before had measured.
func samplesOutlast(ctx context.Context, st *stage) error {
	from, err := st.prometheusNode(ctx)
	if err != nil {
		return err
	}
	before := time.Now()
	if _, err := st.kubectl(ctx, "cordon", from); err != nil {
		return err
	}
	moved := st.movePrometheus(ctx, from)
	_, err = st.kubectl(context.WithoutCancel(ctx), "uncordon", from)
	if err := errors.Join(moved, err); err != nil {
		return err
	}
	// The newest sample of up to five minutes before that moment.
	question := fmt.Sprintf("/api/v1/query?time=%d&query=%s", before.Unix(), url.QueryEscape(`up{job="apiserver"}`))
	return poll(ctx, alertTime, func() error {
		var answer struct {
			Data struct{ Result []any }
		}
		err := st.asked(ctx, "prometheus", question, &answer)
		if err == nil && len(answer.Data.Result) == 0 {
			err = errors.New("no sample of the time before Prometheus moved")
		}
		return err
	})
}

func (st *stage) prometheusNode(ctx context.Context) (string, error) {
	name, err := st.kubectl(ctx, "--namespace", "monitoring", "get", "pod", prometheusPod, "--output=jsonpath={.spec.nodeName}")
	return strings.TrimSpace(name), err
}

func (st *stage) movePrometheus(ctx context.Context, from string) error {
	if _, err := st.kubectl(ctx, "--namespace", "monitoring", "delete", "pod", prometheusPod, "--timeout=3m", "--request-timeout=4m"); err != nil {
		return err
	}
	started := time.Now()
	err := poll(ctx, volumeTime, func() error {
		to, err := st.prometheusNode(ctx)
		if err == nil && (to == "" || to == from) {
			err = fmt.Errorf("the pod of Prometheus is on %q, want another node than %s", to, from)
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "--namespace", "monitoring", "wait", "pod", prometheusPod, "--for=condition=Ready", "--timeout=4m", "--request-timeout=5m"); err != nil {
		return err
	}
	st.say("Prometheus moved in %.0f s", time.Since(started).Seconds())
	return nil
}
