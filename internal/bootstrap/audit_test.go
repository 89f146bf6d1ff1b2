package bootstrap

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// auditRule has the fields of audit.k8s.io/v1 that the policy uses.
type auditRule struct {
	Level           string   `json:"level"`
	Users           []string `json:"users"`
	UserGroups      []string `json:"userGroups"`
	Verbs           []string `json:"verbs"`
	NonResourceURLs []string `json:"nonResourceURLs"`
	Resources       []struct {
		Group     string   `json:"group"`
		Resources []string `json:"resources"`
	} `json:"resources"`
}

type auditRequest struct{ user, userGroup, verb, group, resource, url string }

// matches says whether the rule applies, as the API server decides it.
func (r auditRule) matches(q auditRequest) bool {
	switch {
	case len(r.Users) > 0 && !slices.Contains(r.Users, q.user),
		len(r.UserGroups) > 0 && !slices.Contains(r.UserGroups, q.userGroup),
		len(r.Verbs) > 0 && !slices.Contains(r.Verbs, q.verb):
		return false
	case len(r.NonResourceURLs) > 0:
		return q.url != "" && slices.ContainsFunc(r.NonResourceURLs, func(p string) bool {
			prefix, wild := strings.CutSuffix(p, "*")
			return q.url == p || wild && strings.HasPrefix(q.url, prefix)
		})
	}
	for _, in := range r.Resources {
		if in.Group == q.group && slices.Contains(in.Resources, q.resource) {
			return true
		}
	}
	return len(r.Resources) == 0
}

func TestAuditPolicy(t *testing.T) {
	var policy struct {
		APIVersion string      `json:"apiVersion"`
		Kind       string      `json:"kind"`
		OmitStages []string    `json:"omitStages"`
		Rules      []auditRule `json:"rules"`
	}
	if err := yaml.UnmarshalStrict([]byte(auditPolicy), &policy); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		request auditRequest
		want    string
	}{
		"health":                     {auditRequest{user: "system:anonymous", verb: "get", url: "/readyz"}, "None"},
		"health in detail":           {auditRequest{user: "kubernetes-admin", verb: "get", url: "/livez/etcd"}, "None"},
		"metrics":                    {auditRequest{user: "prometheus", verb: "get", url: "/metrics"}, "Metadata"},
		"a heartbeat":                {auditRequest{user: "system:node:w1", userGroup: "system:nodes", verb: "update", group: "coordination.k8s.io", resource: "leases"}, "None"},
		"a lease that goes":          {auditRequest{user: "alice", verb: "delete", group: "coordination.k8s.io", resource: "leases"}, "Metadata"},
		"an event":                   {auditRequest{user: "system:node:w1", userGroup: "system:nodes", verb: "create", resource: "events"}, "None"},
		"a new event":                {auditRequest{user: "system:kube-scheduler", verb: "create", group: "events.k8s.io", resource: "events"}, "None"},
		"a Secret":                   {auditRequest{user: "alice", verb: "create", resource: "secrets"}, "Metadata"},
		"a Secret read by a kubelet": {auditRequest{user: "system:node:w1", userGroup: "system:nodes", verb: "get", resource: "secrets"}, "Metadata"},
		"a kubelet that watches":     {auditRequest{user: "system:node:w1", userGroup: "system:nodes", verb: "watch", resource: "pods"}, "None"},
		"a kubelet that writes":      {auditRequest{user: "system:node:w1", userGroup: "system:nodes", verb: "patch", resource: "nodes"}, "Metadata"},
		"a scheduler that lists":     {auditRequest{user: "system:kube-scheduler", verb: "list", resource: "pods"}, "None"},
		"a person who reads":         {auditRequest{user: "alice", verb: "get", resource: "pods"}, "Metadata"},
		"a new role":                 {auditRequest{user: "alice", verb: "create", group: "rbac.authorization.k8s.io", resource: "roles"}, "Metadata"},
	} {
		at := slices.IndexFunc(policy.Rules, func(r auditRule) bool { return r.matches(test.request) })
		if at < 0 || policy.Rules[at].Level != test.want {
			t.Errorf("%s: rule %d, want level %s", name, at, test.want)
		}
	}
}
