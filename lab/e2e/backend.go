package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
)

// backend is the folder of the Pulumi state.
func (st *stage) backend(ctx context.Context) (string, error) {
	env, err := st.toolEnv(ctx)
	if err != nil {
		return "", err
	}
	for _, variable := range env {
		if dir, ok := strings.CutPrefix(variable, "PULUMI_BACKEND_URL=file://"); ok {
			return dir, nil
		}
	}
	return "", errors.New("`lab env` sets no PULUMI_BACKEND_URL with a folder")
}

// stackFile is the copy of Pulumi.dev.yaml that `make up` works with: the CLI
// keeps the salt of the passphrase in it.
func (st *stage) stackFile(ctx context.Context) (string, error) {
	dir, err := st.backend(ctx)
	return filepath.Join(dir, "project", "Pulumi."+stack+".yaml"), err
}

// pulumi runs an operation of the CLI on the dev stack and logs its output.
func (st *stage) pulumi(ctx context.Context, args ...string) (string, error) {
	file, err := st.stackFile(ctx)
	if err != nil {
		return "", err
	}
	return st.tool(ctx, command{argv: operation(stack, file, args...)})
}

// operation is a command line of the CLI that reads a stack's configuration.
func operation(stack, configFile string, args ...string) []string {
	return append(onStack(stack, args...), "--config-file", configFile)
}

// onStack is any other command line of the CLI about one stack.
func onStack(stack string, args ...string) []string {
	return append(append([]string{"pulumi"}, args...), "--stack", stack, "--non-interactive", "--color", "never")
}
