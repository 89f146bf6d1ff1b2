package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// grafanaIsAccepted wants Grafana and what it shows of the cluster and of the way to it.
func grafanaIsAccepted(ctx context.Context, st *stage) error {
	return st.showsAnswers(ctx, "haproxy")
}

// showsAnswers has the API server judge Grafana, without running it: previews ask it
// to. What a dashboard of Slipway's own asks, Prometheus has an answer to.
func (st *stage) showsAnswers(ctx context.Context, dashboard string) error {
	out, err := st.previewJSON(ctx, func(v values) {
		v.at("slipway:monitoring")["grafana"] = map[string]any{"enabled": true, "adminPassword": "only-for-a-preview"}
	})
	if err != nil {
		return err
	}
	questions, err := questionsIn(out, dashboard)
	if err != nil {
		return err
	}
	return poll(ctx, alertTime, func() error {
		var errs []error
		for _, question := range questions {
			errs = append(errs, st.isAnswered(ctx, question))
		}
		return errors.Join(errs...)
	})
}

// questionsIn are what a dashboard in a preview asks Prometheus, which also has to
// have the rest of Grafana.
func questionsIn(preview, dashboard string) ([]string, error) {
	var shown struct {
		Steps []struct {
			URN      string
			NewState struct{ Inputs struct{ Data any } } // of a Secret, a word in its place
		}
	}
	if err := json.Unmarshal([]byte(preview), &shown); err != nil {
		return nil, fmt.Errorf("reading the preview: %w", err)
	}
	var names []string
	var text string
	for _, step := range shown.Steps {
		names = append(names, step.URN[strings.LastIndex(step.URN, ":")+1:])
		if strings.HasSuffix(step.URN, "-grafana-configmap-slipway-"+dashboard) {
			data, _ := step.NewState.Inputs.Data.(map[string]any)
			text, _ = data[dashboard+".json"].(string)
		}
	}
	all := strings.Join(names, " ")
	for _, want := range []string{"-grafana-deployment-grafana", "-grafana-configmap-slipway-" + dashboard, "-monitoring-configmap-monitoring-etcd", "-monitoring-configmap-monitoring-apiserver", "-monitoring-configmap-monitoring-nodes"} {
		if !strings.Contains(all, want) {
			return nil, fmt.Errorf("the preview has no %s: %s", want, all)
		}
	}
	return questionsOf(text)
}

// questionsOf reads a dashboard.
func questionsOf(dashboard string) ([]string, error) {
	var read struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal([]byte(dashboard), &read); err != nil {
		return nil, fmt.Errorf("reading the dashboard: %w", err)
	}
	var questions []string
	for _, panel := range read.Panels {
		for _, target := range panel.Targets {
			questions = append(questions, target.Expr)
		}
	}
	if len(questions) == 0 {
		return nil, errors.New("the dashboard asks nothing")
	}
	return questions, nil
}

func (st *stage) isAnswered(ctx context.Context, question string) error {
	var answer struct {
		Data struct{ Result []any }
	}
	if err := st.asked(ctx, "prometheus", "/api/v1/query?query="+url.QueryEscape(question), &answer); err != nil {
		return fmt.Errorf("asking %s: %w", question, err)
	}
	if len(answer.Data.Result) == 0 {
		return fmt.Errorf("%s has no answer", question)
	}
	return nil
}

// addressIsHeld wants Prometheus to know who holds the virtual address, and to
// complain neither that it is lost nor that two have it.
func addressIsHeld(ctx context.Context, st *stage) error {
	return poll(ctx, alertTime, func() error {
		var rules struct {
			Data struct {
				Groups []struct {
					Name  string
					Rules []struct{ Name, Query, State string }
				}
			}
		}
		if err := st.asked(ctx, "prometheus", "/api/v1/rules?rule_name[]=VirtualAddressTwice&rule_name[]=VirtualAddressLost", &rules); err != nil {
			return err
		}
		if len(rules.Data.Groups) != 1 || len(rules.Data.Groups[0].Rules) != 2 {
			return fmt.Errorf("the rules about the virtual address are %v", rules.Data.Groups)
		}
		for _, rule := range rules.Data.Groups[0].Rules {
			if rule.State != "inactive" {
				return fmt.Errorf("%s is %s", rule.Name, rule.State)
			}
			// The same question without its limit has an answer: the address is right.
			if question, limited := strings.CutSuffix(rule.Query, " > 1"); limited {
				return st.isAnswered(ctx, question)
			}
		}
		return errors.New("no rule counts who holds the address")
	})
}

// keepalivedIsHeard wants a question every second to be counted at each HAProxy: the
// alert about Keepalived is about these.
func keepalivedIsHeard(ctx context.Context, st *stage) error {
	return poll(ctx, alertTime, func() error {
		return st.isAnswered(ctx, `count(rate(haproxy_backend_http_requests_total{proxy="keepalived"}[2m]) > 0.5) == count(up{job="haproxy"} == 1)`)
	})
}
