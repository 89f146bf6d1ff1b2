package policy

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// workloads maps the types that make pods to where their pods' spec is.
var workloads = map[string][]any{
	"kubernetes:apps/v1:DaemonSet":   {"spec", "template", "spec"},
	"kubernetes:apps/v1:Deployment":  {"spec", "template", "spec"},
	"kubernetes:apps/v1:StatefulSet": {"spec", "template", "spec"},
	"kubernetes:batch/v1:Job":        {"spec", "template", "spec"},
	"kubernetes:batch/v1:CronJob":    {"spec", "jobTemplate", "spec", "template", "spec"},
	"kubernetes:core/v1:Pod":         {"spec"},
}

// workloadTypes are the types of workloads, in order.
var workloadTypes = []string{
	"kubernetes:apps/v1:DaemonSet", "kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet",
	"kubernetes:batch/v1:CronJob", "kubernetes:batch/v1:Job", "kubernetes:core/v1:Pod",
}

// pod is the spec of a workload's pods.
func pod(r Resource) property.Value { return r.at(workloads[r.Type]...) }

// containers are all of a pod.
func containers(spec property.Value) []property.Value {
	return append(listOf(member(spec, "initContainers")), listOf(member(spec, "containers"))...)
}

// version is the tag of an image, and whether it is pinned by digest. A port of
// the registry is no tag.
func version(image string) (tag string, digest bool) {
	name, _, digest := strings.Cut(image, "@sha256:")
	_, last, _ := strings.Cut(name[strings.LastIndex(name, "/")+1:], ":")
	return last, digest
}
