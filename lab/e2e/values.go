package main

import (
	"errors"

	"sigs.k8s.io/yaml"
)

// values is the config section of a stack's file.
type values map[string]any

// at returns the mapping below keys, made if it is not there.
func (v values) at(keys ...string) values {
	for _, key := range keys {
		inner, ok := v[key].(map[string]any)
		if !ok {
			inner = map[string]any{}
			v[key] = inner
		}
		v = inner
	}
	return v
}

// nodes is a mapping of nodes that leave everything to the defaults.
func nodes(names ...string) map[string]any {
	all := map[string]any{}
	for _, name := range names {
		all[name] = map[string]any{}
	}
	return all
}

// onHosts takes everything about OpenStack out of a configuration, and puts
// existing machines in.
func onHosts(v values, user string, machines map[string]any) {
	for _, key := range []string{
		"openstack:cloud", "openstack:useOctavia", "slipway:openstack", "slipway:network", "slipway:access",
		"slipway:bastion", "slipway:controlPlane", "slipway:workerPools",
	} {
		delete(v, key)
	}
	v["slipway:hosts"] = map[string]any{"user": user, "machines": machines}
}

// edited returns a stack's file with its config section changed.
func edited(stackFile []byte, change func(values)) ([]byte, error) {
	var file map[string]any
	if err := yaml.Unmarshal(stackFile, &file); err != nil {
		return nil, err
	}
	section, ok := file["config"].(map[string]any)
	if !ok {
		return nil, errors.New("the stack's file has no config section")
	}
	change(section)
	return yaml.Marshal(file)
}
