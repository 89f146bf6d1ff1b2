package config

import "testing"

func TestMonitoring(t *testing.T) {
	const at = "slipway:monitoring."
	for name, tt := range map[string]struct{ value, want string }{
		"off":              {`{}`, ""},
		"on":               {`{enabled: true, retention: 4w, storage: {sizeGB: 20}}`, ""},
		"receivers":        {`{enabled: true, alertmanager: {configuration: "route: {receiver: mail}\nreceivers: [{name: mail}]"}}`, ""},
		"retention":        {`{retention: ten days}`, at + `retention: Invalid value: "ten days": must be a number with a unit: h, d, w or y`},
		"no size":          {`{storage: {class: cinder}}`, at + `storage.sizeGB: Required value: how large the claim is`},
		"negative":         {`{storage: {sizeGB: -1}}`, at + `storage.sizeGB: Invalid value: -1: must be 1 or more`},
		"no name":          {`{storage: {class: A, sizeGB: 1}}`, at + `storage.class: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`},
		"no YAML":          {`{alertmanager: {configuration: "{password"}}`, at + `alertmanager.configuration: Invalid value: "[secret]": must be the YAML of alertmanager.yaml`},
		"no such receiver": {`{alertmanager: {configuration: "route: {receiver: mail}\nreceivers: [{name: password}]"}}`, at + `alertmanager.configuration: Invalid value: "[secret]": route.receiver must name one of the receivers`},
		"grafana":          {`{enabled: true, grafana: {enabled: true, adminPassword: twelve-or-more}}`, ""},
		"grafana, later":   {`{grafana: {adminPassword: twelve-or-more}}`, ""},
		"grafana alone":    {`{grafana: {enabled: true, adminPassword: twelve-or-more}}`, at + `grafana.enabled: Invalid value: true: shows what Prometheus collects: it wants slipway:monitoring.enabled`},
		"no password":      {`{enabled: true, grafana: {enabled: true}}`, at + `grafana.adminPassword: Required value: the password of Grafana's user admin: pulumi config set --secret --path slipway:monitoring.grafana.adminPassword`},
		"short password":   {`{enabled: true, grafana: {enabled: true, adminPassword: needle}}`, at + `grafana.adminPassword: Invalid value: "[secret]": must have 12 characters or more`},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(with(t, "slipway:monitoring", tt.value))
			checkProblems(t, problems, tt.want)
		})
	}
}

// A claim finds its class, where Slipway makes the classes.
func TestMonitoringStorage(t *testing.T) {
	const at = "slipway:monitoring.storage.class: "
	for name, tt := range map[string]struct{ classes, storage, want string }{
		"default":    {`{"a": {"default": true}}`, `{"sizeGB": 1}`, ""},
		"named":      {`{"a": {}}`, `{"class": "a", "sizeGB": 1}`, ""},
		"no default": {`{"a": {}}`, `{"sizeGB": 1}`, at + `Required value: none of slipway:cinderCSI.storageClasses is the default one`},
		"unknown":    {`{"a": {}}`, `{"class": "b", "sizeGB": 1}`, at + `Invalid value: "b": is none of slipway:cinderCSI.storageClasses`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:monitoring", `{"enabled": true, "storage": `+tt.storage+`}`)
			raw["slipway:cinderCSI"] = `{"enabled": true, "storageClasses": ` + tt.classes + `}`
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}
