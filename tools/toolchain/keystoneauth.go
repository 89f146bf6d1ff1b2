package main

import "strings"

// keystoneAuth has the server that API servers ask about tokens of Keystone.
func (p pins) keystoneAuth() group {
	// Upstream has images with and without its WebAssembly runtime, which is C.
	ref := "docker.io/openpolicyagent/opa:" + strings.TrimPrefix(p.release("OPA"), "v") + "-static"
	return group{
		items:  []item{{name: "opa", module: "opa", output: "artifacts/bin/opa", packages: []string{"github.com/open-policy-agent/opa"}}},
		images: []imageSpec{{Ref: ref, Entrypoint: []string{"/opa"}, Files: map[string]string{"/opa": "bin/opa"}}},
	}
}
