package artifacts

import "slipway/internal/versions"

// Loki keeps logs.
func Loki() Image { return Image{"docker.io/grafana/loki", versions.Loki} }

// Alloy brings them to Loki.
func Alloy() Image { return Image{"docker.io/grafana/alloy", versions.Alloy} }

// LokiImages are all that Loki runs, with what brings logs to it or without.
func LokiImages(collects bool) []string {
	refs := []string{Loki().String()}
	if collects {
		refs = append(refs, Alloy().String())
	}
	return refs
}

const elastic = "docker.elastic.co/"

// ECK runs what is Elastic's.
func ECK() Image { return Image{elastic + "eck/eck-operator", versions.ECK} }

// Elasticsearch keeps logs.
func Elasticsearch() Image {
	return Image{elastic + "elasticsearch/elasticsearch", versions.ElasticStack}
}

// Kibana shows them.
func Kibana() Image { return Image{elastic + "kibana/kibana", versions.ElasticStack} }

// Filebeat brings them to Elasticsearch.
func Filebeat() Image { return Image{elastic + "beats/filebeat", versions.ElasticStack} }

// ElasticImages are all that Elastic's stack runs, with what brings logs to it or
// without.
func ElasticImages(collects bool) []string {
	refs := []string{ECK().String(), Elasticsearch().String(), Kibana().String()}
	if collects {
		refs = append(refs, Filebeat().String())
	}
	return refs
}
