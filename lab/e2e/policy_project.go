package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// breaker is Slipway with rules broken, compiled.
func (st *stage) breaker() string { return filepath.Join(st.root, "bin", "policytest") }

// automation is a program that previews by the Automation API, compiled.
func (st *stage) automation() string { return filepath.Join(st.root, "bin", "automation") }

// pack is the folder of the policy pack.
func (st *stage) pack() string { return filepath.Join(st.root, "policy") }

const policyStack = "policy"

// previewBroken previews a stack of its own, made from that of dev or prod, with
// the pack.
func (st *stage) previewBroken(ctx context.Context, of string, change func([]byte) ([]byte, error)) (string, error) {
	return st.inPolicyProject(ctx, of, change, func(dir string) (string, error) {
		return st.tool(ctx, command{argv: onStack(policyStack, "preview", "--cwd", dir, "--policy-pack", st.pack())})
	})
}

// inPolicyProject makes that stack and its project for as long as something is
// done in its folder.
func (st *stage) inPolicyProject(ctx context.Context, of string, change func([]byte) ([]byte, error), do func(dir string) (string, error)) (string, error) {
	dir, err := os.MkdirTemp("", "slipway-e2e-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := st.writePolicyProject(dir, of, change); err != nil {
		return "", err
	}
	create := onStack(policyStack, "stack", "select", "--create", "--cwd", dir)
	if _, err := st.tool(ctx, command{argv: create}); err != nil {
		return "", fmt.Errorf("creating stack %s: %w", policyStack, err)
	}
	out, previewErr := do(dir)
	remove := onStack(policyStack, "stack", "rm", "--yes", "--force", "--remove-backups", "--cwd", dir)
	if _, err := st.tool(context.WithoutCancel(ctx), command{argv: remove}); err != nil {
		return "", fmt.Errorf("removing stack %s: %w", policyStack, err)
	}
	return out, previewErr
}

// writePolicyProject makes dir the project folder of a stack in the local cloud.
func (st *stage) writePolicyProject(dir, of string, change func([]byte) ([]byte, error)) error {
	text, err := os.ReadFile(st.on(of).sourceFile())
	if err != nil {
		return err
	}
	if of != devStack {
		if text, err = edited(text, inLocalCloud); err != nil {
			return err
		}
	}
	if text, err = change(text); err != nil {
		return err
	}
	project := fmt.Sprintf("name: slipway\nruntime:\n  name: go\n  options:\n    binary: %s\n", st.breaker())
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte(project), 0o600),
		os.WriteFile(filepath.Join(dir, "Pulumi."+policyStack+".yaml"), text, 0o600),
	)
}

// inLocalCloud puts the local cloud's names in place of a site's.
func inLocalCloud(v values) {
	v["openstack:cloud"] = userCloud
	v.at("slipway:openstack")["externalNetwork"] = "external"
	if v["slipway:stack"] == "network" {
		return
	}
	v.at("slipway:openstack")["zones"] = []any{"az1", "az2"}
	v["slipway:network"] = map[string]any{"stack": prodNetworkStack}
}
