package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// minContainerVolumeGB holds the images of a node and leaves the kubelet room
// above its eviction threshold of 15 %.
const minContainerVolumeGB = 10

// minEtcdVolumeGB holds etcd's data at its default quota of 2 GB, its log and a
// copy for defragmentation.
const minEtcdVolumeGB = 8

// flavorHint says where the names of flavors come from.
const flavorHint = "the name of a flavor (openstack flavor list)"

// The effects of a taint.
var effects = []string{"NoSchedule", "PreferNoSchedule", "NoExecute"}

func validateControlPlane(cp ControlPlane, path *field.Path) field.ErrorList {
	return slices.Concat(
		validateRequired(cp.Flavor, path.Child("flavor"), flavorHint),
		validateNodes(cp.Nodes, path.Child("nodes"), "cp1"),
		validateOneOf(cp.ServerGroupPolicy, path.Child("serverGroupPolicy"), AntiAffinity, SoftAntiAffinity),
		validateVolume(cp.ContainerVolume, path.Child("containerVolume"), minContainerVolumeGB),
	)
}

func validateEtcd(e Etcd, path *field.Path) field.ErrorList {
	errs := validateVolume(e.Volume, path.Child("volume"), minEtcdVolumeGB)
	if len(e.Nodes) > 0 {
		errs = append(errs, validateRequired(e.Flavor, path.Child("flavor"), flavorHint)...)
		errs = append(errs, validateNodes(e.Nodes, path.Child("nodes"), "e1")...)
	}
	return errs
}

func validateSnapshots(s Snapshots, path *field.Path) field.ErrorList {
	if s.Keep < 1 {
		return field.ErrorList{field.Invalid(path.Child("keep"), s.Keep, "must be at least 1")}
	}
	return nil
}

func validateWorkerPools(pools map[string]WorkerPool, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(pools)) {
		errs = append(errs, validateLabel(name, path.Key(name))...)
		errs = append(errs, validateWorkerPool(pools[name], path.Key(name))...)
	}
	return errs
}

func validateWorkerPool(pool WorkerPool, path *field.Path) field.ErrorList {
	return append(validateLabels(pool.Labels, path.Child("labels")), validateTaints(pool.Taints, path.Child("taints"))...)
}

// validateServers checks what a pool's servers are made from.
func validateServers(pool WorkerPool, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, v := range pool.StorageVolumes {
		errs = append(errs, validateVolume(&v, path.Child("storageVolumes").Index(i), minStorageGB)...)
	}
	return slices.Concat(errs,
		validateRequired(pool.Flavor, path.Child("flavor"), flavorHint),
		validateNodes(pool.Nodes, path.Child("nodes"), "w1"),
		validateVolume(pool.ContainerVolume, path.Child("containerVolume"), minContainerVolumeGB),
	)
}

func validateNodes(nodes map[string]Node, path *field.Path, example string) field.ErrorList {
	if len(nodes) == 0 {
		return field.ErrorList{field.Required(path, fmt.Sprintf("at least one node, e.g. {%s: {}}", example))}
	}
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(nodes)) {
		errs = append(errs, validateLabel(name, path.Key(name))...)
	}
	return errs
}

// validateVolume checks a volume of at least so many GiB.
func validateVolume(v *Volume, path *field.Path, least int) field.ErrorList {
	switch path = path.Child("sizeGB"); {
	case v == nil, v.SizeGB >= least:
		return nil
	case v.SizeGB == 0:
		return field.ErrorList{field.Required(path, "the size in GiB")}
	default:
		return field.ErrorList{field.Invalid(path, v.SizeGB, fmt.Sprintf("must be at least %d", least))}
	}
}

func validateLabels(labels map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		errs = append(errs, validateQualifiedName(key, path.Key(key))...)
		errs = append(errs, validateLabelValue(labels[key], path.Key(key))...)
		if prefix, _, ok := strings.Cut(key, "/"); ok && restrictedPrefix(prefix) {
			errs = append(errs, field.Forbidden(path.Key(key), "the kubelet may not set labels of kubernetes.io and k8s.io, except below node.kubernetes.io and kubelet.kubernetes.io"))
		}
	}
	return errs
}

// restrictedPrefix reports whether the kubelet refuses to start with a label of
// this prefix (k8s.io/kubernetes/pkg/kubelet/apis, IsKubeletLabel).
func restrictedPrefix(prefix string) bool {
	below := func(domain string) bool { return prefix == domain || strings.HasSuffix(prefix, "."+domain) }
	return (below("kubernetes.io") || below("k8s.io")) && !below("node.kubernetes.io") && !below("kubelet.kubernetes.io")
}

func validateTaints(taints []Taint, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, taint := range taints {
		path := path.Index(i)
		errs = append(errs, validateTaintKey(taint.Key, path.Child("key"))...)
		errs = append(errs, validateLabelValue(taint.Value, path.Child("value"))...)
		errs = append(errs, validateEffect(taint.Effect, path.Child("effect"))...)
		same := func(t Taint) bool { return t.Key == taint.Key && t.Effect == taint.Effect }
		if slices.ContainsFunc(taints[:i], same) {
			errs = append(errs, field.Duplicate(path, taint.Key+":"+taint.Effect))
		}
	}
	return errs
}

func validateEffect(effect string, path *field.Path) field.ErrorList {
	if effect == "" {
		return validateRequired(effect, path, "one of "+strings.Join(effects, ", "))
	}
	return validateOneOf(effect, path, effects...)
}

func validateTaintKey(key string, path *field.Path) field.ErrorList {
	if key == "" {
		return validateRequired(key, path, "the name of the taint, e.g. example.org/storage")
	}
	return validateQualifiedName(key, path)
}

func validateQualifiedName(key string, path *field.Path) field.ErrorList {
	if len(validation.IsQualifiedName(key)) == 0 {
		return nil
	}
	return field.ErrorList{field.Invalid(path, key, "must be a name of at most 63 characters, with a DNS prefix if any: example.org/name")}
}

func validateLabelValue(value string, path *field.Path) field.ErrorList {
	if len(validation.IsValidLabelValue(value)) == 0 {
		return nil
	}
	return field.ErrorList{field.Invalid(path, value, "must be at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit")}
}
