package elastic

import (
	"encoding/json"
	"fmt"

	"slipway/internal/artifacts"
	"slipway/internal/charts"
	"slipway/internal/versions"
)

const (
	policyDir  = "/etc/slipway"
	policyKey  = "policy.json"
	nodeLogs   = "/var/log"
	containers = nodeLogs + "/containers"
)

// filebeat brings what pods write, from every node, control planes included.
func (a *ElasticArgs) filebeat(policy string) beatSpec {
	return beatSpec{
		Type: filebeat, Version: versions.ElasticStack, Image: artifacts.Filebeat().String(),
		Elasticsearch: named{stackName}, Config: a.filebeatConfig(),
		DaemonSet: daemonSet{podTemplate{
			// Filebeat reads the policy when it starts.
			Metadata: &podMetadata{map[string]string{"slipway/policy-sha256": digest([]charts.Object{{"policy": policy}})}},
			Spec: podSpec{
				Account: filebeat, Automount: new(true), Priority: "system-node-critical", Tolerations: []toleration{{"Exists"}},
				Containers: []container{{
					Name:      filebeat,
					Resources: resources{map[string]string{"cpu": "50m", "memory": "200Mi"}, map[string]string{"memory": "500Mi"}},
					Env:       []variable{{"NODE_NAME", fieldFrom{fieldRef{"spec.nodeName"}}}},
					Security:  &security{0}, // logs are root's
					Mounts:    []mount{{"logs", nodeLogs, true}, {"policy", policyDir, true}},
				}},
				Volumes: []volume{
					{Name: "logs", HostPath: &hostPath{nodeLogs}},
					{Name: "policy", ConfigMap: &configMap{policyName}},
				},
			},
		}},
	}
}

// filebeatConfig reads the files of containers, and adds whose they are:
// https://www.elastic.co/docs/reference/beats/filebeat/filebeat-input-filestream
func (a *ElasticArgs) filebeatConfig() map[string]any {
	return map[string]any{
		"filebeat.inputs": []any{map[string]any{
			"type": "filestream", "id": "pods", "paths": []any{containers + "/*.log"},
			"parsers":                   []any{map[string]any{"container": map[string]any{}}},
			"prospector":                map[string]any{"scanner": map[string]any{"fingerprint.enabled": true, "symlinks": true}},
			"file_identity.fingerprint": map[string]any{},
		}},
		"processors": []any{map[string]any{"add_kubernetes_metadata": map[string]any{
			"host":     "${NODE_NAME}",
			"matchers": []any{map[string]any{"logs_path": map[string]any{"logs_path": containers + "/"}}},
		}}},
		"setup.ilm": map[string]any{
			"enabled": true, "overwrite": true, "policy_name": policyName, "policy_file": policyDir + "/" + policyKey,
		},
		"setup.template": map[string]any{
			"overwrite": true, "settings": map[string]any{"index.number_of_replicas": min(1, a.Nodes-1)},
		},
	}
}

// lifecycle is what becomes of an index:
// https://www.elastic.co/docs/manage-data/lifecycle/index-lifecycle-management
type lifecycle struct {
	Policy struct {
		Phases struct {
			Hot    hotPhase    `json:"hot"`
			Delete deletePhase `json:"delete"`
		} `json:"phases"`
	} `json:"policy"`
}

type hotPhase struct {
	Actions struct {
		Rollover rollover `json:"rollover"`
	} `json:"actions"`
}

// rollover begins another index.
type rollover struct {
	Age  string `json:"max_age"`
	Size string `json:"max_primary_shard_size"`
}

type deletePhase struct {
	Age     string `json:"min_age"`
	Actions struct {
		Delete struct{} `json:"delete"`
	} `json:"actions"`
}

// policy begins an index each day, and deletes it when its last line is too old.
func (a *ElasticArgs) policy() (string, error) {
	var l lifecycle
	l.Policy.Phases.Hot.Actions.Rollover = rollover{"1d", "10gb"}
	l.Policy.Phases.Delete.Age = fmt.Sprintf("%dd", a.RetentionDays)
	text, err := json.MarshalIndent(l, "", " ")
	return string(text), err
}

func policyFile(policy string) charts.Object {
	o := within("v1", "ConfigMap", policyName)
	o["data"] = map[string]any{policyKey: policy}
	return o
}

// rights let Filebeat see whose files it reads.
func rights() []charts.Object {
	role := charts.Object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": map[string]any{"name": "elastic-filebeat"},
		"rules": []any{
			rule("", "namespaces", "nodes", "pods"), rule("apps", "replicasets"), rule("batch", "jobs"),
		},
	}
	binding := charts.Object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": map[string]any{"name": "elastic-filebeat"},
		"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "elastic-filebeat"},
		"subjects": []any{map[string]any{"kind": "ServiceAccount", "name": filebeat, "namespace": namespace}},
	}
	return []charts.Object{within("v1", "ServiceAccount", filebeat), role, binding}
}

func rule(group string, kinds ...any) map[string]any {
	return map[string]any{"apiGroups": []any{group}, "resources": kinds, "verbs": []any{"get", "list", "watch"}}
}
