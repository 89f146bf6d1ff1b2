package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/version"

	"slipway/internal/versions"
)

const (
	// podBitsPerNode is the controller manager's default: each node gets a /24 of the pod range.
	podBitsPerNode = 24
	// maxMaxPods is what fits into a node's /24 while replaced pods still hold theirs.
	maxMaxPods = 220
	// The API server takes at most 20 bits of Service addresses; fewer than a /24 run out soon.
	minServiceBits, maxServiceBits = 12, 24
	// The bounds of the pod range.
	minPodBits = 8
)

// preflightCheck is the form of kubeadm's names of preflight checks, e.g.
// FileContent--proc-sys-net-ipv4-ip_forward. They are passed separated by commas.
var preflightCheck = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// podNetworks are those that may be asked for.
var podNetworks = []CNI{CNIFlannel, CNINeutronRoutes, CNICilium, CNICalico}

func validateKubernetes(k Kubernetes, path *field.Path) field.ErrorList {
	return slices.Concat(
		validateVersion(k.Version, path.Child("version")),
		validateRange(k.PodCIDR, path.Child("podCIDR"), minPodBits, podBitsPerNode),
		validateRange(k.ServiceCIDR, path.Child("serviceCIDR"), minServiceBits, maxServiceBits),
		validateOneOf(k.CNI, path.Child("cni"), podNetworks...),
		validateFlannel(k, path.Child("flannel")),
		validateCilium(k, path.Child("cilium")),
		validateOneOf(k.Proxy.Mode, path.Child("proxy", "mode"), ProxyNFTables, ProxyIPTables),
		validateMaxPods(k.Kubelet.MaxPods, path.Child("kubelet", "maxPods")),
		validateGeneration(k.EncryptionGeneration, path.Child("encryptionGeneration")),
		validatePreflightErrors(k.IgnorePreflightErrors, path.Child("ignorePreflightErrors")),
	)
}

// validateFlannel refuses settings of flannel where it is not the pod network.
func validateFlannel(k Kubernetes, path *field.Path) field.ErrorList {
	backend := path.Child("backend")
	switch {
	case k.CNI == CNIFlannel:
		return validateOneOf(k.Flannel.Backend, backend, FlannelVXLAN, FlannelHostGW)
	case k.Flannel.Backend != "":
		return otherNetwork(k, backend, CNIFlannel)
	}
	return nil
}

// validateCilium refuses settings of Cilium where it is not the pod network.
func validateCilium(k Kubernetes, path *field.Path) field.ErrorList {
	mode := path.Child("mode")
	switch {
	case k.CNI == CNICilium:
		return validateOneOf(k.Cilium.Mode, mode, CiliumVXLAN, CiliumNative)
	case k.Cilium.Mode != "":
		return otherNetwork(k, mode, CNICilium)
	}
	return nil
}

// otherNetwork refuses a setting of a pod network that is not the cluster's, if
// that is one.
func otherNetwork(k Kubernetes, path *field.Path, of CNI) field.ErrorList {
	if !slices.Contains(podNetworks, k.CNI) {
		return nil // said already
	}
	return field.ErrorList{field.Forbidden(path, fmt.Sprintf("is for %s: %s, but it is %s", root("kubernetes").Child("cni"), of, k.CNI))}
}

// validateVersion accepts full releases of the minor versions that we know.
func validateVersion(text string, path *field.Path) field.ErrorList {
	v, err := version.ParseSemantic(text)
	if err != nil || !strings.HasPrefix(text, "v") || v.PreRelease() != "" || v.BuildMetadata() != "" {
		return field.ErrorList{field.Invalid(path, text, "must be a release such as "+versions.Kubernetes)}
	}
	if v.Major() != 1 || v.Minor() < versions.OldestMinor || v.Minor() > versions.NewestMinor {
		return field.ErrorList{field.Invalid(path, text, fmt.Sprintf("is not supported: Kubernetes 1.%d to 1.%d are", versions.OldestMinor, versions.NewestMinor))}
	}
	return nil
}

func validateMaxPods(n int, path *field.Path) field.ErrorList {
	if n >= 1 && n <= maxMaxPods {
		return nil
	}
	return field.ErrorList{field.Invalid(path, n, fmt.Sprintf("must be between 1 and %d: each node has a /%d of the pod range", maxMaxPods, podBitsPerNode))}
}

func validateGeneration(n int, path *field.Path) field.ErrorList {
	if n >= 1 {
		return nil
	}
	return field.ErrorList{field.Invalid(path, n, "must be 1 or more")}
}

func validatePreflightErrors(names []string, path *field.Path) field.ErrorList {
	errs := validateDistinct(names, path)
	for i, name := range names {
		if name != "" && !preflightCheck.MatchString(name) {
			errs = append(errs, field.Invalid(path.Index(i), name, "must be the name of one of kubeadm's preflight checks, e.g. SystemVerification"))
		}
	}
	return errs
}
