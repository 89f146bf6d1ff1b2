package config

import (
	"fmt"
	"regexp"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// Monitoring watches the cluster with Prometheus and Alertmanager.
type Monitoring struct {
	// Enabled runs them. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// Retention is how long samples are kept, e.g. 36h, 10d or 4w. Optional.
	// Defaults to "10d".
	Retention string `json:"retention,omitempty"`
	// Storage is Prometheus's claim. Optional: samples go with its pod.
	Storage Claim `json:"storage,omitzero"`
	// Alertmanager says who is told about alerts. Optional.
	Alertmanager Alertmanager `json:"alertmanager,omitzero"`
	// Grafana shows what was collected. Optional.
	Grafana Grafana `json:"grafana,omitzero"`
}

// Claim is what an add-on keeps its data in.
type Claim struct {
	// Class is the storage class. Optional. Defaults to the cluster's default one.
	Class string `json:"class,omitempty"`
	// SizeGB is the size in GiB. Required if there is to be a claim.
	SizeGB int `json:"sizeGB,omitempty"`
}

// Alertmanager tells people about alerts.
type Alertmanager struct {
	// Configuration is the content of alertmanager.yaml, a secret since receivers
	// have passwords. Optional: nobody is told, alerts show in Alertmanager only.
	Configuration Secret `json:"configuration,omitempty"`
}

// Grafana shows dashboards.
type Grafana struct {
	// Enabled runs it. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// AdminPassword is that of the user admin, a secret. Required if it runs.
	AdminPassword Secret `json:"adminPassword,omitempty"`
}

// shortestPassword is what Grafana itself asks of strong ones.
const shortestPassword = 12

const defaultRetention = "10d"

// retention is a duration as Prometheus reads it, of one unit.
var retention = regexp.MustCompile(`^[1-9][0-9]*[hdwy]$`)

func validateMonitoring(m Monitoring, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if !retention.MatchString(m.Retention) {
		errs = append(errs, field.Invalid(path.Child("retention"), m.Retention, "must be a number with a unit: h, d, w or y"))
	}
	errs = append(errs, validateClaim(m.Storage, path.Child("storage"))...)
	errs = append(errs, validateGrafana(m, path.Child("grafana"))...)
	if why := receiversProblem(m.Alertmanager.Configuration); why != "" {
		errs = append(errs, field.Invalid(path.Child("alertmanager", "configuration"), "[secret]", why))
	}
	return errs
}

func validateClaim(claim Claim, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	switch {
	case claim.SizeGB < 0:
		errs = append(errs, field.Invalid(path.Child("sizeGB"), claim.SizeGB, "must be 1 or more"))
	case claim.Class != "" && claim.SizeGB == 0:
		errs = append(errs, field.Required(path.Child("sizeGB"), "how large the claim is"))
	}
	if claim.Class == "" {
		return errs
	}
	for _, problem := range validation.IsDNS1123Subdomain(claim.Class) {
		errs = append(errs, field.Invalid(path.Child("class"), claim.Class, problem))
	}
	return errs
}

func validateGrafana(m Monitoring, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	password := path.Child("adminPassword")
	switch {
	case !m.Grafana.Enabled: // kept for when it is
	case !m.Enabled:
		errs = append(errs, field.Invalid(path.Child("enabled"), true, fmt.Sprintf("shows what Prometheus collects: it wants %s", root("monitoring").Child("enabled"))))
	case m.Grafana.AdminPassword == "":
		errs = append(errs, field.Required(password, "the password of Grafana's user admin: pulumi config set --secret --path "+password.String()))
	}
	if p := m.Grafana.AdminPassword; p != "" && len(p) < shortestPassword {
		errs = append(errs, field.Invalid(password, "[secret]", fmt.Sprintf("must have %d characters or more", shortestPassword)))
	}
	return errs
}

// receiversProblem says what is wrong with Alertmanager's configuration, as far as
// it would not even start. The text itself is not shown.
func receiversProblem(text Secret) string {
	if text == "" {
		return ""
	}
	var c struct {
		Route     struct{ Receiver string }
		Receivers []struct{ Name string }
	}
	if yaml.Unmarshal([]byte(text), &c) != nil {
		return "must be the YAML of alertmanager.yaml"
	}
	for _, r := range c.Receivers {
		if r.Name == c.Route.Receiver && r.Name != "" {
			return ""
		}
	}
	return "route.receiver must name one of the receivers"
}

// crossMonitoring wants a claim to find its class, where Slipway makes the classes.
func crossMonitoring(c *Config) field.ErrorList {
	storage := c.Monitoring.Storage
	if !c.Monitoring.Enabled || storage.SizeGB == 0 || !c.CinderCSI.Enabled {
		return nil
	}
	path := root("monitoring").Child("storage", "class")
	if _, known := c.CinderCSI.StorageClasses[storage.Class]; storage.Class != "" && !known {
		return field.ErrorList{field.Invalid(path, storage.Class, fmt.Sprintf("is none of %s", root("cinderCSI").Child("storageClasses")))}
	}
	if storage.Class != "" {
		return nil
	}
	for _, class := range c.CinderCSI.StorageClasses {
		if class.Default {
			return nil
		}
	}
	return field.ErrorList{field.Required(path, fmt.Sprintf("none of %s is the default one", root("cinderCSI").Child("storageClasses")))}
}
