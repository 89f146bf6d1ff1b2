package config

import "testing"

func TestLogging(t *testing.T) {
	const at = "slipway:logging."
	for name, tt := range map[string]struct{ value, want string }{
		"off":                {`{}`, ""},
		"on":                 {`{enabled: true, retention: 4w, storage: {sizeGB: 20}, externalCollector: true}`, ""},
		"without a claim":    {`{enabled: true}`, ""},
		"elasticsearch":      {`{enabled: true, type: elasticsearch, storage: {sizeGB: 20, class: fast}, elasticsearch: {nodes: 1, memoryMB: 2048}}`, ""},
		"it later":           {`{type: elasticsearch}`, ""},
		"no such type":       {`{type: graylog}`, at + `type: Unsupported value: "graylog": supported values: "elasticsearch", "loki"`},
		"hours":              {`{retention: 36h}`, at + `retention: Invalid value: "36h": must be a number up to 9999 with a unit: d or w`},
		"for ever":           {`{retention: 10000d}`, at + `retention: Invalid value: "10000d": must be a number up to 9999 with a unit: d or w`},
		"no size":            {`{storage: {class: cinder}}`, at + `storage.sizeGB: Required value: how large the claim is`},
		"negative":           {`{storage: {sizeGB: -1}}`, at + `storage.sizeGB: Invalid value: -1: must be 1 or more`},
		"nowhere":            {`{enabled: true, type: elasticsearch}`, at + `storage.sizeGB: Required value: Elasticsearch keeps its logs in claims`},
		"of the other":       {`{enabled: true, elasticsearch: {nodes: 1}}`, at + `elasticsearch: Forbidden: is for the type elasticsearch`},
		"two":                {`{type: elasticsearch, elasticsearch: {nodes: 2}}`, at + `elasticsearch.nodes: Invalid value: 2: must be 1, or 3 or more: two do not outlive one of them`},
		"less than none":     {`{type: elasticsearch, elasticsearch: {nodes: -1}}`, at + `elasticsearch.nodes: Invalid value: -1: must be 1 or more`},
		"less than it wants": {`{type: elasticsearch, elasticsearch: {memoryMB: 1024}}`, at + `elasticsearch.memoryMB: Invalid value: 1024: must be at least 2048`},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(with(t, "slipway:logging", tt.value))
			checkProblems(t, problems, tt.want)
		})
	}
}

func TestLogRetention(t *testing.T) {
	for text, want := range map[string]int{"1d": 1, "4w": 28, "9999d": 9999, "0d": 0, "d": 0, "1h": 0, "": 0} {
		if got := (Logging{Retention: text}).RetentionDays(); got != want {
			t.Errorf("%q has %d days, want %d", text, got, want)
		}
	}
}

// Elasticsearch's operator is not for the newest Kubernetes; Loki has none.
func TestLoggingVersions(t *testing.T) {
	for name, tt := range map[string]struct{ value, version, want string }{
		"too new":         {`{enabled: true, type: elasticsearch, storage: {sizeGB: 20}}`, "v1.37.0", `slipway:logging.type: Invalid value: "elasticsearch": is for Kubernetes 1.35 to 1.36 (ECK 3.5.0), but slipway:kubernetes.version is v1.37.0`},
		"the newest":      {`{enabled: true, type: elasticsearch, storage: {sizeGB: 20}}`, "v1.36.9", ""},
		"off":             {`{type: elasticsearch, storage: {sizeGB: 20}}`, "v1.37.0", ""},
		"another of both": {`{enabled: true}`, "v1.37.0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:logging", tt.value)
			raw["slipway:kubernetes"] = `{"version": "` + tt.version + `"}`
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}

// A claim finds its class, where Slipway makes the classes.
func TestLoggingStorage(t *testing.T) {
	const (
		at     = "slipway:logging.storage.class: "
		pools  = `{"front": {"flavor": "m1.large", "nodes": {"w1": {}, "w2": {}, "w3": {}}, "storageVolumes": [{"sizeGB": 100}]}}`
		cinder = `{"enabled": true, "storageClasses": {"a": {}}}`
		ceph   = `{"enabled": true, "block": {"default": true}, "filesystem": {}}`
		none   = `{}`
	)
	for name, tt := range map[string]struct{ cinder, ceph, storage, want string }{
		"somebody's":      {none, none, `{"class": "a", "sizeGB": 1}`, ""},
		"Cinder's":        {cinder, none, `{"class": "a", "sizeGB": 1}`, ""},
		"Ceph's":          {cinder, ceph, `{"class": "ceph-filesystem", "sizeGB": 1}`, ""},
		"the default one": {cinder, ceph, `{"sizeGB": 1}`, ""},
		"no default":      {cinder, none, `{"sizeGB": 1}`, at + `Required value: none of slipway:cinderCSI.storageClasses is the default one`},
		"unknown":         {cinder, ceph, `{"class": "b", "sizeGB": 1}`, at + `Invalid value: "b": is none of slipway:cinderCSI.storageClasses and slipway:rookCeph`},
		"of buckets":      {none, `{"enabled": true, "objectStore": {}}`, `{"class": "b", "sizeGB": 1}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:logging", `{"enabled": true, "storage": `+tt.storage+`}`)
			raw["slipway:cinderCSI"], raw["slipway:rookCeph"], raw["slipway:workerPools"] = tt.cinder, tt.ceph, pools
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}
