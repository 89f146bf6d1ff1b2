package elastic

import "slipway/internal/artifacts"

// values is what is set of the chart's values:
// https://github.com/elastic/cloud-on-k8s/blob/v3.5.0/deploy/eck-operator/values.yaml
type values struct {
	Image      image    `json:"image"`
	Namespaces []string `json:"managedNamespaces"`
	// Webhook would check what the API server checks by the definitions, mostly.
	Webhook    enabled   `json:"webhook"`
	Pod        nonRoot   `json:"podSecurityContext"`
	Telemetry  telemetry `json:"telemetry"`
	Config     config    `json:"config"`
	PodMonitor enabled   `json:"podMonitor"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

type image struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
}

// nonRoot is a user by its number: who packs the image anew may have left it out.
type nonRoot struct {
	NonRoot bool `json:"runAsNonRoot"`
	User    int  `json:"runAsUser"`
}

// telemetry would tell Elastic how its programs are used.
type telemetry struct {
	Disabled bool `json:"disabled"`
}

type config struct {
	Metrics metrics `json:"metrics"`
}

// metrics are on this port; none are on 0.
type metrics struct {
	Port string `json:"port"`
}

func (a *ElasticArgs) values() values {
	operator, port := artifacts.ECK(), "0"
	if a.Monitored {
		port = "8080"
	}
	return values{
		Image:      image{operator.Repository, operator.Tag},
		Namespaces: []string{namespace},
		Pod:        nonRoot{true, 1001}, // as in upstream's image on UBI
		Telemetry:  telemetry{true}, Config: config{metrics{port}}, PodMonitor: enabled{a.Monitored},
	}
}
