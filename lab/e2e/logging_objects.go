package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// manifests are objects of a preview: those that others need, those that are of
// their kinds, and all else.
type manifests struct{ first, asked, rest []any }

// previewed are the objects that a change of the configuration would make, of the
// resources whose names contain a part.
func (st *stage) previewed(ctx context.Context, part string, change func(values)) (manifests, error) {
	out, err := st.previewJSON(ctx, change)
	if err != nil {
		return manifests{}, err
	}
	return objectsIn(out, part)
}

// objectsIn sorts the Kubernetes objects that a preview creates.
func objectsIn(preview, part string) (manifests, error) {
	var shown struct {
		Steps []struct {
			Op, URN  string
			NewState struct {
				Type   string
				Inputs map[string]any
			}
		}
	}
	var m manifests
	if err := json.Unmarshal([]byte(preview), &shown); err != nil {
		return m, fmt.Errorf("reading the preview: %w", err)
	}
	for _, step := range shown.Steps {
		kind := step.NewState.Type
		if step.Op != "create" || !strings.HasPrefix(kind, "kubernetes:") || !strings.Contains(step.URN[strings.LastIndex(step.URN, ":")+1:], part) {
			continue
		}
		switch {
		case strings.HasSuffix(kind, ":Namespace"), strings.HasSuffix(kind, ":CustomResourceDefinition"):
			m.first = append(m.first, step.NewState.Inputs)
		case strings.Contains(kind, ".k8s.elastic.co/"):
			m.asked = append(m.asked, step.NewState.Inputs)
		default:
			m.rest = append(m.rest, step.NewState.Inputs)
		}
	}
	return m, nil
}

// serverSide has kubectl do something with objects, as Pulumi's provider does it.
func (st *stage) serverSide(ctx context.Context, objects []any, args ...string) error {
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": objects})
	if err != nil {
		return err
	}
	argv := append(append(st.kubectlArgv(), args...), "--filename", "-")
	_, err = st.tool(ctx, command{argv: argv, stdin: string(text)})
	return err
}

// alloyIsAccepted has the API server judge what brings logs.
func alloyIsAccepted(ctx context.Context, st *stage) error {
	m, err := st.previewed(ctx, "-loki-", func(v values) { v.at("slipway:logging")["externalCollector"] = false })
	if err != nil {
		return err
	}
	if len(m.rest) != 5 { // account, role, binding, configuration, daemon
		return fmt.Errorf("the preview makes %d objects, want 5: %v", len(m.rest), m.rest)
	}
	return st.serverSide(ctx, m.rest, "apply", "--server-side", "--dry-run=server")
}

// elastic are the objects for logs in Elasticsearch, made beside the stack.
type elastic struct{ manifests }

// isAccepted has the API server judge the operator, and what it is asked for by its
// definitions, which have to be there for that. One pod of Elasticsearch is enough.
func (e *elastic) isAccepted(ctx context.Context, st *stage) (err error) {
	e.manifests, err = st.previewed(ctx, "-elastic-", func(v values) {
		v["slipway:logging"] = map[string]any{
			"enabled": true, "type": "elasticsearch", "storage": map[string]any{"sizeGB": 1}, "elasticsearch": map[string]any{"nodes": 1, "memoryMB": 2048},
		}
	})
	if err != nil {
		return err
	}
	if len(e.asked) != 3 {
		return fmt.Errorf("the preview asks for %v, want Elasticsearch, Kibana and Beat", e.asked)
	}
	if err := st.serverSide(ctx, e.first, "apply", "--server-side"); err != nil {
		return err
	}
	return poll(ctx, time.Minute, func() error { // a kind is there a moment after its definition
		return errors.Join(
			st.serverSide(ctx, e.rest, "apply", "--server-side", "--dry-run=server"),
			st.serverSide(ctx, e.asked, "apply", "--server-side", "--dry-run=server", "--validate=strict"),
		)
	})
}

// isTakenUp runs the operator itself. It understands what it is asked for if it
// makes the StatefulSet, the pods of which have no image here.
func (e *elastic) isTakenUp(ctx context.Context, st *stage) error {
	for _, objects := range [][]any{e.rest, e.asked} {
		if err := st.serverSide(ctx, objects, "apply", "--server-side"); err != nil {
			return err
		}
	}
	if _, err := st.kubectl(ctx, "--namespace", "elastic", "rollout", "status", "statefulset/elastic-operator", "--timeout=3m", "--request-timeout=4m"); err != nil {
		return err
	}
	return poll(ctx, logTime, func() error {
		got, err := st.kubectl(ctx, "--namespace", "elastic", "get", "statefulset", "logs-es-default",
			`--output=jsonpath={.spec.replicas} {.spec.template.spec.containers[?(@.name=="elasticsearch")].resources.limits.memory} {.spec.volumeClaimTemplates[0].spec.resources.requests.storage}`)
		if err == nil && got != "1 2Gi 1Gi" {
			err = fmt.Errorf("ECK makes pods of %q, want 1 2Gi 1Gi", got)
		}
		return err
	})
}

// isGone takes it away again.
func (e *elastic) isGone(ctx context.Context, st *stage) error {
	for _, objects := range [][]any{e.asked, e.rest, e.first} {
		if err := st.serverSide(ctx, objects, "delete", "--ignore-not-found", "--timeout=3m", "--request-timeout=4m"); err != nil {
			return err
		}
	}
	left, err := st.kubectl(ctx, "get", "namespaces,customresourcedefinitions,clusterroles,clusterrolebindings", "--output=name")
	if err == nil && strings.Contains(left, "elastic") {
		err = fmt.Errorf("the cluster still has\n%s", left)
	}
	return err
}
