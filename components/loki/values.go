package loki

import (
	"fmt"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
)

// values is what is set of the chart's values:
// https://github.com/grafana-community/helm-charts/blob/loki-18.11.7/charts/loki/values.yaml
type values struct {
	Name         string       `json:"fullnameOverride"`
	Mode         string       `json:"deploymentMode"`
	Loki         lokiValues   `json:"loki"`
	SingleBinary singleBinary `json:"singleBinary"`
	Monitoring   monitoring   `json:"monitoring"`
	// What else the chart would run, or parts of the modes that are not used.
	Read         replicas `json:"read"`
	Write        replicas `json:"write"`
	Backend      replicas `json:"backend"`
	Gateway      enabled  `json:"gateway"`
	Canary       enabled  `json:"lokiCanary"`
	Test         enabled  `json:"test"`
	ChunksCache  enabled  `json:"chunksCache"`
	ResultsCache enabled  `json:"resultsCache"`
	Memcached    enabled  `json:"memcachedExporter"`
	Memcache     account  `json:"memcached"`
	Sidecar      sidecar  `json:"sidecar"`
	RBAC         rbac     `json:"rbac"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

type replicas struct {
	Replicas int `json:"replicas"`
}

// account leaves out that of a part that does not run.
type account struct {
	Account accountCreate `json:"serviceAccount"`
}

type accountCreate struct {
	Create bool `json:"create"`
}

// rbac keeps the chart from making a role that is about nothing.
type rbac struct {
	Namespaced bool `json:"namespaced"`
}

// sidecar would read rules out of ConfigMaps.
type sidecar struct {
	Rules enabled `json:"rules"`
}

// lokiValues are Loki's own configuration:
// https://grafana.com/docs/loki/v3.7.x/configure/
type lokiValues struct {
	Image charts.ImageValues `json:"image"`
	// Auth would want a tenant named with everything.
	Auth      bool         `json:"auth_enabled"`
	Common    commonConfig `json:"commonConfig"`
	Members   memberlist   `json:"memberlistConfig"`
	Storage   storageType  `json:"storage"`
	Schema    schemaConfig `json:"schemaConfig"`
	Limits    limits       `json:"limits_config"`
	Compactor compactor    `json:"compactor"`
	Analytics analytics    `json:"analytics"`
}

type commonConfig struct {
	Replication int  `json:"replication_factor"`
	Ring        ring `json:"ring"`
}

// ring is where members of a group find each other. The only one has it to itself.
type ring struct {
	Store ringStore `json:"kvstore"`
}

type ringStore struct {
	Store string `json:"store"`
}

// memberlist has nobody to look for.
type memberlist struct {
	Join []string `json:"join_members"`
}

type storageType struct {
	Type string `json:"type"`
}

type schemaConfig struct {
	Configs []schema `json:"configs"`
}

// schema is how logs are kept from a day on. It must not change for days of which
// there are logs: a new one is added, with a day to come.
type schema struct {
	From   string      `json:"from"`
	Store  string      `json:"store"`
	Object string      `json:"object_store"`
	Schema string      `json:"schema"`
	Index  schemaIndex `json:"index"`
}

type schemaIndex struct {
	Prefix string `json:"prefix"`
	Period string `json:"period"`
}

type limits struct {
	Retention string `json:"retention_period"`
}

// compactor deletes what is older than the retention.
type compactor struct {
	Retention bool   `json:"retention_enabled"`
	Requests  string `json:"delete_request_store"`
}

// analytics would tell Loki's makers how it is used.
type analytics struct {
	Reporting bool `json:"reporting_enabled"`
}

type singleBinary struct {
	Replicas    int         `json:"replicas"`
	Resources   resources   `json:"resources"`
	Persistence persistence `json:"persistence"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
}

type persistence struct {
	Enabled bool   `json:"enabled"`
	Class   string `json:"storageClass,omitempty"`
	Size    string `json:"size,omitempty"`
}

type monitoring struct {
	Monitor enabled `json:"serviceMonitor"`
}

func (a *LokiArgs) values() values {
	v := values{
		Name: chartName, Mode: "Monolithic",
		Loki: lokiValues{
			Image: charts.ImageOf(artifacts.Loki()), Common: commonConfig{1, ring{ringStore{"inmemory"}}}, Members: memberlist{[]string{}}, Storage: storageType{"filesystem"},
			Schema:    schemaConfig{[]schema{{"2024-04-01", "tsdb", "filesystem", "v13", schemaIndex{"index_", "24h"}}}},
			Limits:    limits{fmt.Sprintf("%dh", a.RetentionDays*24)},
			Compactor: compactor{true, "filesystem"},
		},
		SingleBinary: singleBinary{Replicas: 1, Resources: resources{map[string]string{"cpu": "100m", "memory": "300Mi"}}},
		Monitoring:   monitoring{enabled{a.Monitored}},
		RBAC:         rbac{true},
	}
	if s := a.Storage; s != nil {
		v.SingleBinary.Persistence = persistence{true, s.Class, s.Size}
	}
	return v
}
