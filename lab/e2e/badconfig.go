package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

func refuseAll(ctx context.Context, st *stage) error {
	return st.refuses(ctx, slices.DeleteFunc(mistakes(), func(m mistake) bool { return m.alone }))
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
	if err := st.writeProject(dir, wrong); err != nil {
		return err
	}
	defer os.Remove(st.besideFile())
	out, err := st.previewBadStack(ctx, dir)
	if err == nil {
		return errors.New("the preview passed")
	}
	if err := namesAll(out, wrong); err != nil {
		return err
	}
	after, err := st.projectResources(ctx)
	if err == nil && !slices.Equal(before, after) {
		err = fmt.Errorf("the project changed from%s\n  to%s", indent(lines(before)), indent(lines(after)))
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

// besideFile is that of a stack beside the bad one.
func (st *stage) besideFile() string { return st.on("e2e-beside").sourceFile() }

func badStackFile(dir string) string { return filepath.Join(dir, "Pulumi."+badStack+".yaml") }

// writeProject makes dir a project folder with Pulumi.dev.yaml, mistakes made.
func (st *stage) writeProject(dir string, wrong []mistake) error {
	project := []byte("name: slipway\nruntime: go\n")
	for _, m := range wrong {
		if m.beside == nil {
			continue
		}
		// The program reads its neighbours where it runs, in the checkout.
		if err := st.writeEdited(st.besideFile(), m.beside); err != nil {
			return err
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), project, 0o600),
		st.writeEdited(badStackFile(dir), func(v values) {
			for _, m := range wrong {
				m.make(v)
			}
		}),
	)
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
