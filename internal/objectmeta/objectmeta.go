// Package objectmeta names the Kubernetes objects that Slipway applies.
package objectmeta

import (
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Named is the metadata of an object that is in no namespace. Labels are optional.
//
// The annotation names who applies it. Otherwise each creation has a name of its
// own, and an update that died after it had made an object, but before that was
// noted, could not be repeated: the API server sees two who disagree.
func Named(name string, labels pulumi.StringMap) metav1.ObjectMetaArgs {
	m := metav1.ObjectMetaArgs{
		Name:        pulumi.String(name),
		Annotations: pulumi.StringMap{"pulumi.com/patchFieldManager": pulumi.String("slipway")},
	}
	if labels != nil {
		m.Labels = labels
	}
	return m
}

// In is the metadata of an object in a namespace. Labels are optional.
func In(namespace pulumi.StringInput, name string, labels pulumi.StringMap) metav1.ObjectMetaArgs {
	m := Named(name, labels)
	m.Namespace = namespace
	return m
}

// SkipAwait is the annotation that has the provider take an object for ready once
// the API server has it. For ServiceAccounts it waits for a Secret if it could not
// learn the server's version, as from a busy one: five minutes, in vain.
const SkipAwait = "pulumi.com/skipAwait"

// NotAwaited is metadata of an object that is ready once the API server has it.
func NotAwaited(m metav1.ObjectMetaArgs) metav1.ObjectMetaArgs {
	m.Annotations.(pulumi.StringMap)[SkipAwait] = pulumi.String("true")
	return m
}
