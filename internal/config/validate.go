package config

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/internal/nodeos"
)

// maxClusterName leaves room for pool and node names in host names of 63 characters.
const maxClusterName = 40

// root is the path of a top-level key.
func root(key string) *field.Path { return field.NewPath(Namespace + ":" + key) }

// validate checks each part of the tree by itself, then the parts against each other.
func validate(c *Config) field.ErrorList {
	if c.Stack == StackNetwork {
		return validateNetworkStack(c)
	}
	validateTarget := validateCloud
	if c.OnHosts() {
		validateTarget = func(c *Config) field.ErrorList { return validateHosts(c.Hosts, root("hosts")) }
	}
	return slices.Concat(
		validateOneOf(c.Stack, root("stack"), StackCluster, StackNetwork),
		validateCluster(c.Cluster, root("cluster")),
		validateTarget(c),
		validateEndpoint(c.Endpoint, root("endpoint")),
		validateSnapshots(c.Etcd.Snapshots, root("etcd").Child("snapshots")),
		validateWorkerPools(c.WorkerPools, root("workerPools")),
		validateKubernetes(c.Kubernetes, root("kubernetes")),
		validateCloudController(c.CloudController, root("cloudController")),
		validateCinderCSI(c.CinderCSI, root("cinderCSI")),
		validateMonitoring(c.Monitoring, root("monitoring")),
		validateLogging(c.Logging, root("logging")),
		validateMetalLB(c.MetalLB, root("metalLB")),
		validateKeystoneAuth(c.KeystoneAuth, root("keystoneAuth")),
		validateIngress(c.Ingress, root("ingress")),
		validateRookCeph(c.RookCeph, root("rookCeph")),
		validateExternalDNS(c.ExternalDNS, root("externalDNS")),
		validateCertManager(c.CertManager, root("certManager")),
		validateArtifacts(c.Artifacts, root("artifacts")),
		validatePolicy(c.Policy, root("policy")),
		validateCross(c),
	)
}

// validateCloud checks what says which machines OpenStack is to make.
func validateCloud(c *Config) field.ErrorList {
	errs := slices.Concat(
		validateOpenStack(c.OpenStack, root("openstack")),
		validateNetwork(c.Network, root("network")),
		validateAccess(c.Access, root("access")),
		validateControlPlane(c.ControlPlane, root("controlPlane")),
		validateEtcd(c.Etcd, root("etcd")),
		validateProxies(c.Endpoint.Keepalived.Proxies, root("endpoint").Child("keepalived", "proxies")),
	)
	if c.HasBastion() {
		errs = append(errs, validateRequired(c.Bastion.Flavor, root("bastion").Child("flavor"), flavorHint)...)
	}
	for _, name := range slices.Sorted(maps.Keys(c.WorkerPools)) {
		errs = append(errs, validateServers(c.WorkerPools[name], root("workerPools").Key(name))...)
	}
	return errs
}

func validateCluster(c Cluster, path *field.Path) field.ErrorList {
	return validatePrefix(c.Name, path.Child("name"), "dev")
}

// validatePrefix checks a name that all cloud resources of a stack begin with.
func validatePrefix(name string, path *field.Path, example string) field.ErrorList {
	if name == "" {
		return field.ErrorList{field.Required(path, "it prefixes every cloud resource, e.g. "+example)}
	}
	errs := validateLabel(name, path)
	if len(name) > maxClusterName {
		errs = append(errs, field.TooLong(path, name, maxClusterName))
	}
	return errs
}

const externalNetworkHint = "the network of routers and floating IPs (openstack network list --external)"

func validateOpenStack(o OpenStack, path *field.Path) field.ErrorList {
	errs := validateRequired(o.ExternalNetwork, path.Child("externalNetwork"), externalNetworkHint)
	errs = append(errs, validateRequired(o.Image, path.Child("image"), "the image of the machines (openstack image list)")...)
	errs = append(errs, validateOneOf(string(o.OS), path.Child("os"), nodeos.Names()...)...)
	errs = append(errs, validateCertificates(o.CACertificate, path.Child("caCertificate"))...)
	return append(errs, validateDistinct(o.Zones, path.Child("zones"))...)
}

func validateArtifacts(a Artifacts, path *field.Path) field.ErrorList {
	errs := validateURL(a.Files, path.Child("files"))
	errs = append(errs, validateURL(a.Images, path.Child("images"))...)
	if u, err := url.Parse(a.Images); err == nil && strings.Trim(u.Path, "/") != "" {
		errs = append(errs, field.Invalid(path.Child("images"), a.Images, "must have no path: the registry protocol starts at /v2/"))
	}
	errs = append(errs, validateChartRegistry(a.Charts, path.Child("charts"))...)
	for _, file := range sets.List(sets.KeySet(a.Checksums)) {
		path := path.Child("checksums").Key(file)
		if host, rest, _ := strings.Cut(file, "/"); host == "" || rest == "" || strings.Contains(file, "://") {
			errs = append(errs, field.Invalid(path, file, "must be <host>/<path>, the URL without https://"))
		}
		if !sha256Hex.MatchString(a.Checksums[file]) {
			errs = append(errs, field.Invalid(path, a.Checksums[file], "must be a SHA-256 of 64 lower-case hex digits"))
		}
	}
	return errs
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// validateChartRegistry wants a URL that Helm can name charts by.
func validateChartRegistry(text string, path *field.Path) field.ErrorList {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "oci" && u.Scheme != "http", u.Host == "", u.RawQuery != "", u.Fragment != "":
		return field.ErrorList{field.Invalid(path, text, "must be the base URL of a registry such as oci://registry.example.org/charts, or one with http:// if it has no TLS")}
	case u.User != nil:
		return field.ErrorList{field.Invalid(path, field.OmitValueType{}, "must carry no user or password: docker login keeps them")}
	}
	return nil
}

func validateURL(text string, path *field.Path) field.ErrorList {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.RawQuery != "", u.Fragment != "":
		return field.ErrorList{field.Invalid(path, text, "must be a base URL such as https://mirror.example.org/files")}
	case u.User != nil:
		return field.ErrorList{field.Invalid(path, field.OmitValueType{}, "must carry no user or password: it is shown in outputs")}
	}
	return nil
}

func validateRequired(value string, path *field.Path, what string) field.ErrorList {
	if value == "" {
		return field.ErrorList{field.Required(path, what)}
	}
	return nil
}

func validateOneOf[T ~string](value T, path *field.Path, known ...T) field.ErrorList {
	if slices.Contains(known, value) {
		return nil
	}
	return field.ErrorList{field.NotSupported(path, value, known)}
}

// validateLabel checks a name that becomes part of host names.
func validateLabel(name string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(validation.IsDNS1123Label(name)) > 0 {
		errs = append(errs, field.Invalid(path, name, "must be a DNS label: lower-case letters, digits and inner hyphens, at most 63"))
	}
	return errs
}

// validateDistinct checks that a list has neither empty entries nor any twice.
func validateDistinct[T comparable](values []T, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	var empty T
	for i, value := range values {
		switch {
		case value == empty:
			errs = append(errs, field.Required(path.Index(i), "the list entry is empty"))
		case slices.Contains(values[:i], value):
			errs = append(errs, field.Duplicate(path.Index(i), value))
		}
	}
	return errs
}
