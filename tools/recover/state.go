package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Versions of the deployment schema that agree in all that is read here; the
// later one is written when a resource uses what the earlier did not know.
const (
	oldestVersion = 3
	newestVersion = 4
)

// state is what an export of a stack says about its resources. The rest of it
// stays raw, so that it goes out as it came in.
type state struct {
	envelope   map[string]json.RawMessage
	deployment map[string]json.RawMessage

	pending []operation
	ids     map[string]bool // every id the state holds
	cloud   string          // the cloud the provider was configured with, if any
	born    time.Time       // when the first resource was created; zero if unknown
	written time.Time       // when the update last wrote its state; zero if unknown
}

// operation is a step that was begun and not finished.
type operation struct {
	Resource resource `json:"resource"`
	Type     string   `json:"type"`
}

// resource holds the parts of a resource's state that matter here.
type resource struct {
	URN     string         `json:"urn"`
	Type    string         `json:"type"`
	Custom  bool           `json:"custom"` // else a component: nothing but a name for what is in it
	ID      string         `json:"id"`
	Inputs  map[string]any `json:"inputs"`
	Created *time.Time     `json:"created"`
}

// name is the resource's name in the program.
func (r resource) name() string { return r.URN[strings.LastIndex(r.URN, "::")+len("::"):] }

func parse(export []byte) (*state, error) {
	s := &state{ids: map[string]bool{}}
	var version int
	var resources []resource
	if err := json.Unmarshal(export, &s.envelope); err != nil {
		return nil, fmt.Errorf("reading the export: %w", err)
	}
	if err := decode(s.envelope, "version", &version); err != nil {
		return nil, err
	}
	if version < oldestVersion || version > newestVersion {
		return nil, fmt.Errorf("reading the export: its version is %d; `pulumi stack export` writes %d or %d", version, oldestVersion, newestVersion)
	}
	if err := decode(s.envelope, "deployment", &s.deployment); err != nil {
		return nil, err
	}
	if err := decode(s.deployment, "pending_operations", &s.pending); err != nil || len(s.pending) == 0 {
		return s, err
	}
	if err := decode(s.deployment, "resources", &resources); err != nil {
		return nil, err
	}
	var manifest struct{ Time time.Time }
	if err := decode(s.deployment, "manifest", &manifest); err != nil {
		return nil, err
	}
	s.written = manifest.Time
	for _, r := range resources {
		s.ids[r.ID] = true
		if cloud, ok := r.Inputs["cloud"].(string); ok && r.Type == "pulumi:providers:openstack" {
			s.cloud = cloud
		}
		if r.Created != nil && (s.born.IsZero() || r.Created.Before(s.born)) {
			s.born = *r.Created
		}
	}
	return s, nil
}

func decode(from map[string]json.RawMessage, key string, to any) error {
	raw, ok := from[key]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return fmt.Errorf("reading %s of the export: %w", key, err)
	}
	return nil
}

// withoutPending is the export with no interrupted operations in it.
func (s *state) withoutPending() ([]byte, error) {
	delete(s.deployment, "pending_operations")
	deployment, err := encode(s.deployment)
	if err != nil {
		return nil, err
	}
	s.envelope["deployment"] = deployment
	return encode(s.envelope)
}

// encode leaves <, > and & as they are, as Pulumi does.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}
