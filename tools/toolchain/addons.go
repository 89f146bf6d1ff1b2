package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// group is a part of the local cloud's artifacts: what it compiles, and the
// files and images that it publishes. A group is complete or not as a whole.
type group struct {
	name   string
	record string // its file below artifacts/ that says what is complete
	items  []item
	files  []published
	images []imageSpec
	copies []copied // what images have as modules have it
}

// addon is a group that only some stacks need and that takes minutes to compile.
type addon struct {
	name  string
	key   string // of a stack's configuration, whose value asks for the add-on or not
	group func(pins) group
	asks  func(json.RawMessage) (bool, error) // optional: its field "enabled" does
}

var addons = []addon{
	{name: "cinder-csi", key: "slipway:cinderCSI", group: pins.cinderCSI},
	{name: "metallb", key: "slipway:metalLB", group: pins.metalLB},
	{name: "monitoring", key: "slipway:monitoring", group: pins.monitoring},
	{name: "keystone-auth", key: "slipway:keystoneAuth", group: pins.keystoneAuth},
	{name: "rook-ceph", key: "slipway:rookCeph", group: pins.rookCeph},
	{name: "ingress", key: "slipway:ingress", group: pins.ingress},
	{name: "cert-manager", key: "slipway:certManager", group: pins.certManager},
	{name: "external-dns", key: "slipway:externalDNS", group: pins.externalDNS},
	{name: "cilium", key: "slipway:kubernetes", group: pins.cilium, asks: isCNI("cilium")},
	{name: "calico", key: "slipway:kubernetes", group: pins.calico, asks: isCNI("calico")},
	{name: "logging", key: "slipway:logging", group: pins.logging},
}

// core is the group that every cluster needs.
func (p pins) core() group {
	return group{name: "artifacts", record: "COMPLETE", items: artifactItems(p), files: p.files(), images: p.images()}
}

// groups are the core and all add-ons.
func (p pins) groups() []group {
	groups := []group{p.core()}
	for _, a := range addons {
		groups = append(groups, a.of(p))
	}
	return groups
}

// of returns the add-on's group at the pinned versions.
func (a addon) of(p pins) group {
	g := a.group(p)
	g.name, g.record = a.name, "COMPLETE."+a.name
	return g
}

// addonsNamed reads the value of -addons.
func addonsNamed(list string) ([]addon, error) {
	var found []addon
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		at := slices.IndexFunc(addons, func(a addon) bool { return a.name == name })
		if at < 0 {
			return nil, fmt.Errorf("-addons: there is no add-on %q; there are: %s", name, strings.Join(addonNames(), ", "))
		}
		found = append(found, addons[at])
	}
	return found, nil
}

func addonNames() []string {
	var names []string
	for _, a := range addons {
		names = append(names, a.name)
	}
	return names
}

// addonsOf returns the add-ons that a stack's file asks for.
func addonsOf(file string) ([]addon, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("-stack: %w", err)
	}
	var stack struct {
		Config map[string]json.RawMessage `json:"config"`
	}
	if err := yaml.Unmarshal(content, &stack); err != nil {
		return nil, fmt.Errorf("-stack: reading %s: %w", file, err)
	}
	var found []addon
	for _, a := range addons {
		value, ok := stack.Config[a.key]
		if !ok {
			continue
		}
		asks := isEnabled
		if a.asks != nil {
			asks = a.asks
		}
		asked, err := asks(value)
		if err != nil {
			return nil, fmt.Errorf("-stack: %s: %s is a map with %w", file, a.key, err)
		}
		if asked {
			found = append(found, a)
		}
	}
	return found, nil
}

func isEnabled(value json.RawMessage) (bool, error) {
	var asked struct {
		Enabled bool `json:"enabled"`
	}
	if err := json.Unmarshal(value, &asked); err != nil {
		return false, fmt.Errorf("the field enabled: true or false: %w", err)
	}
	return asked.Enabled, nil
}

// isCNI returns what says whether a pod network is the one that is asked for.
func isCNI(name string) func(json.RawMessage) (bool, error) {
	return func(value json.RawMessage) (bool, error) {
		var asked struct {
			CNI string `json:"cni"`
		}
		if err := json.Unmarshal(value, &asked); err != nil {
			return false, fmt.Errorf("the field cni, the name of a pod network: %w", err)
		}
		return asked.CNI == name, nil
	}
}
