package config

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/version"

	"slipway/internal/versions"
)

// crossVersions refuses add-ons whose release its makers do not run on the
// cluster's Kubernetes. Those that name no newest one are not listed.
func crossVersions(c *Config) field.ErrorList {
	cluster, err := version.ParseSemantic(c.Kubernetes.Version)
	if err != nil {
		return nil // reported at its own path
	}
	var errs field.ErrorList
	for _, addon := range []struct {
		path    *field.Path
		value   any
		enabled bool
		release string
		newest  uint
	}{
		{root("kubernetes").Child("cni"), c.Kubernetes.CNI, c.Kubernetes.CNI == CNICalico, "Calico " + versions.Calico, versions.NewestCalicoMinor},
		{root("cloudController").Child("enabled"), true, c.CloudController.Enabled, "cloud-provider-openstack " + versions.CloudProviderOpenStack, versions.NewestCloudMinor},
		{root("cinderCSI").Child("enabled"), true, c.CinderCSI.Enabled, "cloud-provider-openstack " + versions.CloudProviderOpenStack, versions.NewestCloudMinor},
		{root("rookCeph").Child("enabled"), true, c.RookCeph.Enabled, "Rook " + versions.Rook, versions.NewestRookMinor},
		{root("logging").Child("type"), c.Logging.Type, c.Logging.Enabled && c.Logging.Type == LoggingElasticsearch, "ECK " + versions.ECK, versions.NewestECKMinor},
	} {
		if addon.enabled && cluster.Minor() > addon.newest {
			errs = append(errs, field.Invalid(addon.path, addon.value, fmt.Sprintf("is for Kubernetes 1.%d to 1.%d (%s), but %s is %s",
				versions.OldestMinor, addon.newest, addon.release, root("kubernetes").Child("version"), c.Kubernetes.Version)))
		}
	}
	return errs
}
