package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// badConfig: a wrong configuration costs nothing but the message.
func badConfig() scenario {
	return scenario{
		name: "bad-config", story: "a wrong configuration is refused at preview, every problem by its path, and nothing is created",
		needs: cluster, leaves: cluster,
		steps: []step{
			{"all mistakes at once: every path is named", refuseAll},
			{"each mistake alone is refused", refuseEach},
		},
	}
}

// mistake changes a right configuration into a wrong one.
type mistake struct {
	title string
	path  string // how the message must name the place
	make  func(values)
}

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

func mistakes() []mistake {
	return []mistake{
		{"unknown key", "slipway:network.cdir", func(v values) { v.at("slipway:network")["cdir"] = "10.0.0.0/16" }},
		{"bad CIDR", "slipway:network.cidr", func(v values) { v.at("slipway:network")["cidr"] = "10.0.0.0/33" }},
		{"even number of control planes", "slipway:controlPlane.nodes", func(v values) { v.at("slipway:controlPlane", "nodes")["cp2"] = map[string]any{} }},
		{"flavor too small", "slipway:workerPools[default].flavor", func(v values) { v.at("slipway:workerPools", "default")["flavor"] = "slipway.tiny" }},
		{"image that does not exist", "slipway:openstack.image", func(v values) { v.at("slipway:openstack")["image"] = "no-such-image" }},
		{"overlapping networks", "slipway:kubernetes.serviceCIDR", func(v values) {
			v.at("slipway:kubernetes")["podCIDR"] = "10.64.0.0/12"
			v.at("slipway:kubernetes")["serviceCIDR"] = "10.64.0.0/16"
		}},
	}
}

func refuseAll(ctx context.Context, st *stage) error {
	return st.refuses(ctx, mistakes())
}

func refuseEach(ctx context.Context, st *stage) error {
	var problems []error
	for _, m := range mistakes() {
		if err := st.refuses(ctx, []mistake{m}); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", m.title, err))
		}
	}
	return errors.Join(problems...)
}

const badStack = "bad-config"

// refuses previews a stack of its own with the mistakes in it.
func (st *stage) refuses(ctx context.Context, wrong []mistake) error {
	before, err := st.projectResources(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "slipway-e2e-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := st.writeStackFile(dir, wrong); err != nil {
		return err
	}
	out, err := st.previewBadStack(ctx, dir)
	if err == nil {
		return errors.New("the preview passed")
	}
	if err := namesAll(out, wrong); err != nil {
		return err
	}
	after, err := st.projectResources(ctx)
	if err == nil && !slices.Equal(before, after) {
		err = fmt.Errorf("the project changed from%s\n  to%s", indent(before), indent(after))
	}
	return err
}

func (st *stage) previewBadStack(ctx context.Context, dir string) (string, error) {
	// In a project folder of its own, since the CLI writes the salt of the
	// passphrase into the stack's file.
	create := onStack(badStack, "stack", "select", "--create", "--cwd", dir)
	if _, err := st.tool(ctx, command{argv: create}); err != nil {
		return "", fmt.Errorf("creating stack %s: %w", badStack, err)
	}
	out, previewErr := st.tool(ctx, command{argv: operation(badStack, badStackFile(dir), "preview")})
	remove := onStack(badStack, "stack", "rm", "--yes", "--force", "--remove-backups", "--cwd", dir)
	if _, err := st.tool(context.WithoutCancel(ctx), command{argv: remove}); err != nil {
		return "", fmt.Errorf("removing stack %s: %w", badStack, err)
	}
	return out, previewErr
}

func badStackFile(dir string) string { return filepath.Join(dir, "Pulumi."+badStack+".yaml") }

// writeStackFile makes dir a project folder with Pulumi.dev.yaml, mistakes made.
func (st *stage) writeStackFile(dir string, wrong []mistake) error {
	text, err := os.ReadFile(filepath.Join(st.root, "Pulumi."+stack+".yaml"))
	if err != nil {
		return err
	}
	changed, err := edited(text, func(v values) {
		for _, m := range wrong {
			m.make(v)
		}
	})
	if err != nil {
		return err
	}
	project := []byte("name: slipway\nruntime: go\n")
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), project, 0o600),
		os.WriteFile(badStackFile(dir), changed, 0o600),
	)
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

// namesAll wants each path at the beginning of a problem's line.
func namesAll(out string, wrong []mistake) error {
	var missing []string
	for _, m := range wrong {
		if !strings.Contains(out, m.path+": ") {
			missing = append(missing, m.title+" at "+m.path)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the preview failed without naming%s", indent(missing))
	}
	return nil
}
