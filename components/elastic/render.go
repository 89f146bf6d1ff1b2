package elastic

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/versions"
)

const (
	namespace = "elastic"
	// stackName is that of Elasticsearch and of Kibana.
	stackName  = "logs"
	filebeat   = "filebeat"
	policyName = "slipway"
)

// operator is what runs ECK.
func (a *ElasticArgs) operator() ([]charts.Object, error) {
	return a.Sources.chart.Render(charts.Release{
		Name: "elastic-operator", Namespace: namespace, Kubernetes: a.Kubernetes, Values: a.values(),
	})
}

// stack is what ECK is asked for, and what that needs.
func (a *ElasticArgs) stack() ([]charts.Object, error) {
	elasticsearch, err := custom("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", stackName, a.elasticsearch())
	if err != nil {
		return nil, err
	}
	kibana, err := custom("kibana.k8s.elastic.co/v1", "Kibana", stackName, kibana())
	if err != nil || a.ExternalCollector {
		return []charts.Object{elasticsearch, kibana}, err
	}
	policy, err := a.policy()
	if err != nil {
		return nil, err
	}
	beat, err := custom("beat.k8s.elastic.co/v1beta1", "Beat", filebeat, a.filebeat(policy))
	if err != nil {
		return nil, err
	}
	return append(rights(), policyFile(policy), elasticsearch, kibana, beat), nil
}

// custom is an object of one of ECK's kinds.
func custom(version, kind, name string, spec any) (charts.Object, error) {
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind, name, err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind, name, err)
	}
	o := within(version, kind, name)
	o["spec"] = fields
	return o, nil
}

func within(version, kind, name string) charts.Object {
	return charts.Object{"apiVersion": version, "kind": kind, "metadata": map[string]any{"name": name, "namespace": namespace}}
}

// elasticsearch keeps logs in a claim for each of its pods. Its heap is half of its
// memory. It does not map files into that, for which nodes would have to be set up.
func (a *ElasticArgs) elasticsearch() elasticsearchSpec {
	memory := fmt.Sprintf("%dMi", a.MemoryMB)
	return elasticsearchSpec{versions.ElasticStack, artifacts.Elasticsearch().String(), []nodeSet{{
		Name: "default", Count: a.Nodes, Config: map[string]any{"node.store.allow_mmap": false},
		Pod: podTemplate{Spec: podSpec{Containers: []container{{
			Name:      "elasticsearch",
			Resources: resources{map[string]string{"cpu": "500m", "memory": memory}, map[string]string{"memory": memory}},
		}}}},
		Claims: []claim{{named{"elasticsearch-data"}, claimSpec{a.Storage.Class, []string{"ReadWriteOnce"}, resources{Requests: map[string]string{"storage": a.Storage.Size}}}}},
	}}}
}

// kibana shows what Elasticsearch keeps.
func kibana() kibanaSpec {
	return kibanaSpec{
		versions.ElasticStack, artifacts.Kibana().String(), 1, named{stackName}, map[string]any{"telemetry.optIn": false},
		podTemplate{Spec: podSpec{Containers: []container{{
			Name:      "kibana",
			Resources: resources{map[string]string{"cpu": "100m", "memory": "1Gi"}, map[string]string{"memory": "1Gi"}},
		}}}},
	}
}

// awaited are the objects whose health is waited for.
func (a *ElasticArgs) awaited() []string {
	objects := []string{"elasticsearch/" + stackName, "kibana/" + stackName}
	if !a.ExternalCollector {
		objects = append(objects, "beat/"+filebeat)
	}
	return objects
}

// digest changes with what ECK is asked for.
func digest(objects []charts.Object) string {
	text, _ := json.Marshal(objects) // strings, numbers and booleans only
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
