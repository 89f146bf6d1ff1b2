package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// KeystoneAuth lets people log in to the cluster with tokens of Keystone.
type KeystoneAuth struct {
	// Enabled has API servers ask Keystone about tokens that are not the
	// cluster's. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// Projects are the ids of the projects whose tokens are good. Optional.
	// Defaults to the cluster's own.
	Projects []string `json:"projects,omitempty"`
	// Roles map the names of roles in these projects to the ClusterRoles that they
	// give. Required if enabled.
	Roles map[string]string `json:"roles,omitempty"`
}

var (
	// projectID is what Keystone gives a project, or who made it from a directory.
	projectID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	// roleName is what can be part of an object's name.
	roleName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)
)

func validateKeystoneAuth(k KeystoneAuth, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if k.Enabled && len(k.Roles) == 0 {
		errs = append(errs, field.Required(at.Child("roles"), "which role in the project gives which ClusterRole, for instance member: view"))
	}
	seen := map[string]bool{}
	for i, id := range k.Projects {
		switch {
		case !projectID.MatchString(id):
			errs = append(errs, field.Invalid(at.Child("projects").Index(i), id, "must be a project's id, not its name (openstack project show)"))
		case seen[id]:
			errs = append(errs, field.Duplicate(at.Child("projects").Index(i), id))
		}
		seen[id] = true
	}
	for _, role := range slices.Sorted(maps.Keys(k.Roles)) {
		here := at.Child("roles").Key(role)
		if !roleName.MatchString(role) {
			errs = append(errs, field.Invalid(here, role, "must be a role of Keystone, of letters, digits, '-', '_' and '.', that begins and ends with a letter or digit"))
		}
		if given := k.Roles[role]; given == "" {
			errs = append(errs, field.Required(here, "the ClusterRole that it gives"))
		} else {
			for _, problem := range content.IsPathSegmentName(given) {
				errs = append(errs, field.Invalid(here, given, problem))
			}
		}
	}
	return errs
}

func (c *Config) checkKeystoneAuth(facts CloudFacts) field.ErrorList {
	k, at := c.KeystoneAuth, root("keystoneAuth").Child("enabled")
	if !k.Enabled {
		return nil
	}
	var errs field.ErrorList
	if facts.Identity == "" {
		errs = append(errs, noIdentity(at, true))
	}
	if facts.ProjectID == "" && len(k.Projects) == 0 {
		errs = append(errs, field.Invalid(at, true, fmt.Sprintf("needs a project, which your login is not for; set %s", root("keystoneAuth").Child("projects"))))
	}
	return errs
}
