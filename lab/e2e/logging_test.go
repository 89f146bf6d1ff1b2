package main

import "testing"

func TestObjectsInAPreview(t *testing.T) {
	const preview = `{"steps": [
		{"op": "create", "urn": "urn:pulumi:a::b::c$d::x-elastic-namespace", "newState": {"type": "kubernetes:core/v1:Namespace", "inputs": {"kind": "Namespace"}}},
		{"op": "create", "urn": "urn:pulumi:a::b::c$d::x-elastic-crd", "newState": {"type": "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "inputs": {}}},
		{"op": "create", "urn": "urn:pulumi:a::b::c$d::x-elastic-kibana-logs", "newState": {"type": "kubernetes:kibana.k8s.elastic.co/v1:Kibana", "inputs": {}}},
		{"op": "create", "urn": "urn:pulumi:a::b::c$d::x-elastic-statefulset", "newState": {"type": "kubernetes:apps/v1:StatefulSet", "inputs": {}}},
		{"op": "create", "urn": "urn:pulumi:a::b::c$d::x-elastic-healthy", "newState": {"type": "command:remote:Command", "inputs": {}}},
		{"op": "same", "urn": "urn:pulumi:a::b::c$d::x-elastic-old", "newState": {"type": "kubernetes:core/v1:Secret", "inputs": {}}},
		{"op": "create", "urn": "urn:pulumi:a::b::c$x-elastic-::x-loki", "newState": {"type": "kubernetes:core/v1:Secret", "inputs": {}}}]}`
	m, err := objectsIn(preview, "-elastic-")
	if err != nil || len(m.first) != 2 || len(m.asked) != 1 || len(m.rest) != 1 {
		t.Errorf("%v (%v)", m, err)
	}
	if _, err := objectsIn("no JSON", ""); err == nil {
		t.Error("what is no preview is read")
	}
}
