package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// previewJSON previews a change of the configuration, in a file of its own. The API
// server judges the objects, as previews ask it to.
func (st *stage) previewJSON(ctx context.Context, change func(values), flags ...string) (string, error) {
	text, err := os.ReadFile(st.stackFile())
	if err != nil {
		return "", err
	}
	changed, err := edited(text, change)
	if err != nil {
		return "", err
	}
	file := filepath.Join(st.logs, "Pulumi."+st.stack+".preview.yaml")
	if err := os.WriteFile(file, changed, 0o600); err != nil {
		return "", err
	}
	out, err := st.tool(ctx, command{argv: operation(st.stack, file, append([]string{"preview", "--json"}, flags...)...), quiet: true})
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return out, nil
}
