package main

import (
	"slices"
	"strings"
	"testing"
)

func TestQuestionsIn(t *testing.T) {
	var others []string
	for _, name := range []string{"grafana-deployment-grafana", "monitoring-configmap-monitoring-etcd", "monitoring-configmap-monitoring-apiserver", "monitoring-configmap-monitoring-nodes"} {
		others = append(others, `{"urn": "a::b::e2e-`+name+`"}`)
	}
	const (
		secret    = `{"urn": "a::kubernetes:core/v1:Secret::e2e-grafana-secret-admin", "newState": {"inputs": {"data": "[secret]"}}}`
		dashboard = `{"urn": "a::kubernetes:core/v1:ConfigMap::e2e-grafana-configmap-slipway-haproxy", "newState": {"inputs": {"data":
			{"haproxy.json": "{\"panels\": [{\"targets\": [{\"expr\": \"up\"}, {\"expr\": \"down\"}]}]}"}}}}`
		unreadable = `{"urn": "a::kubernetes:core/v1:ConfigMap::e2e-grafana-configmap-slipway-haproxy", "newState": {"inputs": {"data": "[secret]"}}}`
	)
	for name, tt := range map[string]struct {
		steps []string
		want  []string
		err   string
	}{
		"beside a Secret": {[]string{secret, dashboard}, []string{"up", "down"}, ""},
		"not there":       {[]string{secret}, nil, "-grafana-configmap-slipway-haproxy"},
		"no dashboard":    {[]string{unreadable}, nil, "reading the dashboard"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := questionsIn(`{"steps": [`+strings.Join(append(tt.steps, others...), ",")+`]}`, "haproxy")
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Fatalf("got error %v, want %q", err, tt.err)
			}
			if !slices.Equal(found, tt.want) {
				t.Errorf("got %q, want %q", found, tt.want)
			}
		})
	}
}
