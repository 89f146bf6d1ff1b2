package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Logging keeps what pods write, and makes it searchable.
type Logging struct {
	// Enabled runs it. Optional. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`
	// Type is what keeps the logs. Optional. Defaults to "loki".
	Type LoggingType `json:"type,omitempty"`
	// Retention is how long logs are kept, e.g. 7d or 4w. Optional. Defaults to "7d".
	Retention string `json:"retention,omitempty"`
	// Storage is the claim of what keeps the logs, of each of its pods. Required for
	// the type elasticsearch; Loki's logs go with its pod without one.
	Storage Claim `json:"storage,omitzero"`
	// ExternalCollector says that somebody else brings the logs: nothing runs on the
	// nodes. Optional. Defaults to false.
	ExternalCollector bool `json:"externalCollector,omitempty"`
	// Elasticsearch is the size of it. For the type elasticsearch only.
	Elasticsearch Elasticsearch `json:"elasticsearch,omitzero"`
}

// LoggingType is what keeps logs.
type LoggingType string

// What keeps logs.
const (
	LoggingLoki          LoggingType = "loki"
	LoggingElasticsearch LoggingType = "elasticsearch"
)

// Elasticsearch is how much of it there is.
type Elasticsearch struct {
	// Nodes is the number of its pods. Optional. Defaults to 3.
	Nodes int `json:"nodes,omitempty"`
	// MemoryMB is what each may use, in MiB; half of it is the heap. Optional.
	// Defaults to 4096.
	MemoryMB int `json:"memoryMB,omitempty"`
}

const (
	// defaultLogRetention covers a week that nobody looked.
	defaultLogRetention = "7d"
	// defaultElasticsearchNodes is the least that outlives one of them.
	defaultElasticsearchNodes = 3
	// defaultElasticsearchMemoryMB has a heap of 2 GiB.
	defaultElasticsearchMemoryMB = 4096
	// leastElasticsearchMemoryMB is what ECK gives each unless told otherwise.
	leastElasticsearchMemoryMB = 2048
)

// logRetention is in days at least: Loki's index has a table for each.
var logRetention = regexp.MustCompile(`^([1-9][0-9]{0,3})([dw])$`)

func (c *Config) setLogging() {
	setDefault(&c.Logging.Type, LoggingLoki)
	setDefault(&c.Logging.Retention, defaultLogRetention)
	if c.Logging.Type == LoggingElasticsearch {
		setDefault(&c.Logging.Elasticsearch.Nodes, defaultElasticsearchNodes)
		setDefault(&c.Logging.Elasticsearch.MemoryMB, defaultElasticsearchMemoryMB)
	}
}

// RetentionDays is how long logs are kept.
func (l Logging) RetentionDays() int {
	m := logRetention.FindStringSubmatch(l.Retention)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // four digits at most
	if m[2] == "w" {
		n *= 7
	}
	return n
}

// Keeps says whether this type is what runs.
func (l Logging) Keeps(in LoggingType) bool { return l.Enabled && l.Type == in }

func validateLogging(l Logging, path *field.Path) field.ErrorList {
	errs := validateOneOf(l.Type, path.Child("type"), LoggingElasticsearch, LoggingLoki)
	if l.RetentionDays() == 0 {
		errs = append(errs, field.Invalid(path.Child("retention"), l.Retention, "must be a number up to 9999 with a unit: d or w"))
	}
	errs = append(errs, validateClaim(l.Storage, path.Child("storage"))...)
	if l.Keeps(LoggingElasticsearch) && l.Storage == (Claim{}) {
		errs = append(errs, field.Required(path.Child("storage", "sizeGB"), "Elasticsearch keeps its logs in claims"))
	}
	return append(errs, validateElasticsearch(l, path.Child("elasticsearch"))...)
}

func validateElasticsearch(l Logging, path *field.Path) field.ErrorList {
	e := l.Elasticsearch
	if l.Type != LoggingElasticsearch {
		if e != (Elasticsearch{}) {
			return field.ErrorList{field.Forbidden(path, fmt.Sprintf("is for the type %s", LoggingElasticsearch))}
		}
		return nil
	}
	var errs field.ErrorList
	switch {
	case e.Nodes < 1:
		errs = append(errs, field.Invalid(path.Child("nodes"), e.Nodes, "must be 1 or more"))
	case e.Nodes == 2:
		errs = append(errs, field.Invalid(path.Child("nodes"), e.Nodes, "must be 1, or 3 or more: two do not outlive one of them"))
	}
	if e.MemoryMB < leastElasticsearchMemoryMB {
		errs = append(errs, field.Invalid(path.Child("memoryMB"), e.MemoryMB, fmt.Sprintf("must be at least %d", leastElasticsearchMemoryMB)))
	}
	return errs
}

// crossLogging wants a claim to find its class, where Slipway makes the classes.
func crossLogging(c *Config) field.ErrorList {
	storage := c.Logging.Storage
	classes, from := c.classes()
	if !c.Logging.Enabled || storage.SizeGB == 0 || len(from) == 0 {
		return nil
	}
	path := root("logging").Child("storage", "class")
	_, known := classes[storage.Class]
	standard := slices.Contains(slices.Collect(maps.Values(classes)), true)
	switch {
	case storage.Class != "" && !known:
		return field.ErrorList{field.Invalid(path, storage.Class, "is none of "+from)}
	case storage.Class == "" && !standard:
		return field.ErrorList{field.Required(path, fmt.Sprintf("none of %s is the default one", from))}
	}
	return nil
}

// classes are the storage classes that Slipway makes, each with whether it is the
// default one, and the keys that they are from.
func (c *Config) classes() (classes map[string]bool, from string) {
	classes = map[string]bool{}
	if c.CinderCSI.Enabled {
		from = root("cinderCSI").Child("storageClasses").String()
		for name, class := range c.CinderCSI.StorageClasses {
			classes[name] = class.Default
		}
	}
	r := c.RookCeph
	if !r.Enabled || r.Block == nil && r.Filesystem == nil {
		return classes, from
	}
	if from != "" {
		from += " and "
	}
	from += root("rookCeph").String()
	if r.Block != nil {
		classes[CephBlockClass] = r.Block.Default
	}
	if r.Filesystem != nil {
		classes[CephFilesystemClass] = r.Filesystem.Default
	}
	return classes, from
}
