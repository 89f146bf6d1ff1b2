package stacks

import (
	"fmt"
	"strings"
	"testing"

	"slipway/internal/config"
)

// Loki's claim wants what makes volumes, and its monitor Prometheus' kinds.
func TestLoki(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:cinderCSI"] = `{"enabled": true, "ignoreZones": true}`
	settings["slipway:monitoring"] = `{"enabled": true, "grafana": {"enabled": true, "adminPassword": "the-password-of-admin"}}`
	settings["slipway:logging"] = `{"enabled": true, "storage": {"sizeGB": 20}}`
	recorded := mustRun(t, "dev", settings)
	keeps := recorded.Get(t, "kubernetes:apps/v1:StatefulSet", "dev-loki-statefulset-loki")
	for _, before := range []string{
		recorded.Get(t, "command:remote:Command", "dev-cinder-csi-volumes").URN,
		recorded.Get(t, "command:remote:Command", "dev-monitoring-available").URN,
		recorded.Get(t, "command:remote:Command", "dev-default-w1-join").URN,
	} {
		if !strings.Contains(strings.Join(keeps.DependsOn, " "), before) {
			t.Errorf("it does not wait for %s", before)
		}
	}
	if images := fmt.Sprint(output(recorded, "images")); !strings.Contains(images, "grafana/loki") || !strings.Contains(images, "grafana/alloy") {
		t.Errorf("the images are %s", images)
	}
	if files := fmt.Sprint(output(recorded, "files")); !strings.Contains(files, "/loki-") {
		t.Errorf("the files are %s", files)
	}
	recorded.AssertNoPlainSecrets(t, "the-password-of-admin")
}

// Grafana asks Loki if that is what keeps logs.
func TestGrafanaAsksLoki(t *testing.T) {
	for _, tt := range []struct {
		logging config.Logging
		want    string
	}{
		{config.Logging{Enabled: true, Type: config.LoggingLoki}, "http://loki.loki:3100"},
		{config.Logging{Type: config.LoggingLoki}, ""},
		{config.Logging{Enabled: true, Type: config.LoggingElasticsearch}, ""},
	} {
		if got := lokiURL(&config.Config{Logging: tt.logging}); got != tt.want {
			t.Errorf("%+v: it asks %q, want %q", tt.logging, got, tt.want)
		}
	}
}

// Elasticsearch comes after what makes its volumes.
func TestElastic(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:cinderCSI"] = `{"enabled": true, "ignoreZones": true}`
	settings["slipway:logging"] = `{"enabled": true, "type": "elasticsearch", "storage": {"sizeGB": 20}, "externalCollector": true}`
	recorded := mustRun(t, "dev", settings)
	volumes := recorded.Get(t, "command:remote:Command", "dev-cinder-csi-volumes").URN
	if operator := recorded.Get(t, "kubernetes:apps/v1:StatefulSet", "dev-elastic-statefulset-elastic-operator"); !strings.Contains(strings.Join(operator.DependsOn, " "), volumes) {
		t.Errorf("it waits for %v", operator.DependsOn)
	}
	recorded.Get(t, "kubernetes:elasticsearch.k8s.elastic.co/v1:Elasticsearch", "dev-elastic-elasticsearch-logs")
	images := fmt.Sprint(output(recorded, "images"))
	if !strings.Contains(images, "elasticsearch/elasticsearch") || strings.Contains(images, "filebeat") || strings.Contains(images, "loki") {
		t.Errorf("the images are %s", images)
	}
}
